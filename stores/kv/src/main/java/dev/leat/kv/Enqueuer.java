package dev.leat.kv;

import dev.leat.api.JobId;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Handover;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Stores new jobs. */
final class Enqueuer {
    private final Transaction tx;
    private final Draft draft;
    private final Moves moves;

    Enqueuer(Transaction tx) {
        this.tx = tx;
        draft = tx.draft();
        moves = new Moves(tx);
    }

    List<Enqueued> enqueue(List<NewJob> jobs) {
        List<Enqueued> answers = new ArrayList<>(jobs.size());
        for (NewJob job : jobs) {
            answers.add(enqueue(job));
        }
        return answers;
    }

    private Enqueued enqueue(NewJob job) {
        Optional<StoredJob> known = StoredJob.of(draft, job.id());
        if (known.isPresent()) {
            return known.get().isSame(draft, job, tx.number(job.lane()))
                    ? new Enqueued.Duplicate(job.id())
                    : new Enqueued.Clash(job.id());
        }
        UniqueKey key = job.uniqueKey();
        if (key != null) {
            Optional<JobId> holder = new UniqueKeys(tx).take(key, tx.number(job.lane()), job.id());
            if (holder.isPresent()) {
                return new Enqueued.Held(job.id(), holder.get());
            }
        }
        Standing standing = add(job);
        long due = due(job.due(), tx.now());
        if (due > tx.now()) {
            moves.toWaiting(standing, due, false);
        } else {
            moves.toAvailable(standing);
        }
        return new Enqueued.Accepted(job.id());
    }

    /** Handed out in the same breath, unless it is known, or is not due, or the request was sent before. */
    Handover enqueueAndClaim(NewJob job, ClaimRequest request) {
        Claims claims = new Claims(tx);
        boolean fresh = job.uniqueKey() == null
                && due(job.due(), tx.now()) <= tx.now()
                && claims.held(request).isEmpty()
                && draft.get(Keys.job(job.id())).isEmpty();
        if (!fresh) {
            return new Handover(enqueue(job), null);
        }
        Standing standing = add(job);
        Claim claim = new Claim(job.id(), job.payload(), job.maxAttempts());
        return new Handover(new Enqueued.Accepted(job.id()), claims.lease(request, List.of(standing), List.of(claim)));
    }

    private Standing add(NewJob job) {
        int lane = tx.number(job.lane());
        new StoredJob(job.id(), lane, job.nonce(), tx.now(), null).put(draft, job.payload());
        return new Standing(job.id(), lane, job.priority(), 0, job.maxAttempts(), 0, 0);
    }

    /** When a job may run that is enqueued or rescheduled now. */
    static long due(Due due, long now) {
        return switch (due) {
            case Due.Now() -> now;
            case Due.After(Duration delay) -> now + StoreTime.micros(delay);
            case Due.At(Instant instant) -> StoreTime.microsNotBefore(instant);
        };
    }
}
