package dev.leat.sqlite;

import dev.leat.api.ContentType;
import dev.leat.api.JobId;
import dev.leat.api.Payload;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Handover;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.UniqueKey;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores new jobs. */
final class Enqueuer {
    private final Transaction tx;
    private final Moves moves;

    Enqueuer(Transaction tx) {
        this.tx = tx;
        moves = new Moves(tx);
    }

    List<Enqueued> enqueue(List<NewJob> jobs) throws SQLException {
        List<Enqueued> answers = new ArrayList<>(jobs.size());
        for (NewJob job : jobs) {
            answers.add(enqueue(job));
        }
        return answers;
    }

    private Enqueued enqueue(NewJob job) throws SQLException {
        Enqueued refused = refused(job);
        if (refused != null) {
            return refused;
        }
        long position = tx.nextPosition();
        if (!add(job, position)) {
            return known(job).orElseThrow();
        }
        Standing standing = standing(job);
        long due = due(job.due(), tx.now());
        if (due > tx.now()) {
            moves.toWaiting(standing, due, false);
        } else {
            moves.toAvailable(standing, position);
        }
        return new Enqueued.Accepted(job.id());
    }

    /** Handed out in the same breath, unless it is known, or is not due, or the request was sent before. */
    Handover enqueueAndClaim(NewJob job, ClaimRequest request) throws SQLException {
        Claims claims = new Claims(tx);
        boolean fresh = job.uniqueKey() == null
                && due(job.due(), tx.now()) <= tx.now()
                && claims.held(request).isEmpty();
        if (!fresh || !add(job, tx.nextPosition())) {
            return new Handover(enqueue(job), null);
        }
        Lease lease = claims.lease(
                request,
                standing(job),
                List.of(new Claim(job.id(), job.payload(), job.maxAttempts())),
                () -> tx.query("running_add").set("id", job.id().value()));
        return new Handover(new Enqueued.Accepted(job.id()), lease);
    }

    private Standing standing(NewJob job) throws SQLException {
        return new Standing(job.id(), tx.number(job.lane()), job.priority(), 0, 0, 0);
    }

    /** False if the id is known, with nothing changed. */
    private boolean add(NewJob job, long position) throws SQLException {
        return tx.query("job_add")
                        .set("id", job.id().value())
                        .set("lane", tx.number(job.lane()))
                        .set("priority", job.priority())
                        .set("position", position)
                        .set("max_attempts", job.maxAttempts())
                        .set("nonce", job.nonce())
                        .set("now", tx.now())
                        .set("content_type", job.payload().contentType().code())
                        .set("payload", job.payload().bytes())
                        .update()
                == 1;
    }

    /** Why a job with a unique key is not stored; else the key is its from now on. */
    private @Nullable Enqueued refused(NewJob job) throws SQLException {
        UniqueKey key = job.uniqueKey();
        if (key == null) {
            return null;
        }
        Optional<Enqueued> known = known(job);
        if (known.isPresent()) {
            return known.get();
        }
        int lane = tx.number(job.lane());
        Optional<Holder> holder = tx.query("unique_get")
                .set("lane", lane)
                .set("text", key.text())
                .first(row -> new Holder(new JobId(row.getLong("id")), Session.number(row, "until")));
        if (holder.isPresent() && holds(holder.get())) {
            return new Enqueued.Held(job.id(), holder.get().job);
        }
        Duration window = key.window();
        tx.query("unique_take")
                .set("lane", lane)
                .set("text", key.text())
                .set("id", job.id().value())
                .set("until", window == null ? null : (Long) (tx.now() + StoreTime.micros(window)))
                .update();
        return null;
    }

    private boolean holds(Holder holder) throws SQLException {
        return holder.until == null
                ? tx.query("job_alive")
                        .set("id", holder.job.value())
                        .first(row -> true)
                        .isPresent()
                : holder.until > tx.now();
    }

    /** What is to be answered if the id is known. */
    private Optional<Enqueued> known(NewJob job) throws SQLException {
        return tx.query("job_known").set("id", job.id().value()).first(row -> {
            byte[] sha256 = row.getBytes("sha256");
            boolean same = row.getLong("nonce") == job.nonce()
                    && tx.lanes().lane(row.getInt("lane")).equals(job.lane())
                    && row.getInt("content_type") == job.payload().contentType().code()
                    && (sha256 == null
                            ? Arrays.equals(
                                    bytes(row.getBytes("payload")),
                                    job.payload().bytes())
                            : Arrays.equals(sha256, job.payload().sha256()));
            return same ? new Enqueued.Duplicate(job.id()) : new Enqueued.Clash(job.id());
        });
    }

    /** When a job may run that is enqueued or rescheduled now. */
    static long due(Due due, long now) {
        return switch (due) {
            case Due.Now() -> now;
            case Due.After(Duration delay) -> now + StoreTime.micros(delay);
            case Due.At(Instant instant) -> StoreTime.microsNotBefore(instant);
        };
    }

    static Payload payload(int contentType, byte @Nullable [] bytes) {
        return Payload.of(bytes(bytes), ContentType.ofCode(contentType));
    }

    /** Drivers tell an empty value from none in their own ways. */
    private static byte[] bytes(byte @Nullable [] read) {
        return read == null ? new byte[0] : read;
    }

    /** @param until null: until the job has ended */
    private record Holder(JobId job, @Nullable Long until) {}
}
