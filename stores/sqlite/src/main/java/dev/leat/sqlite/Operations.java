package dev.leat.sqlite;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Due;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Changes single jobs by hand, each judged and changed by itself, one after the other. */
final class Operations {
    private final Transaction tx;
    private final Moves moves;

    Operations(Transaction tx) {
        this.tx = tx;
        moves = new Moves(tx);
    }

    List<Operated> cancel(TenantName tenant, List<JobId> ids) throws SQLException {
        return operated(tenant, ids, this::cancels);
    }

    List<Operated> retry(TenantName tenant, List<JobId> ids) throws SQLException {
        return operated(tenant, ids, this::retries);
    }

    List<Operated> amend(TenantName tenant, List<JobId> ids, Amendment amendment) throws SQLException {
        return operated(tenant, ids, place -> amends(place, amendment));
    }

    private List<Operated> operated(TenantName tenant, List<JobId> ids, Verb verb) throws SQLException {
        List<Operated> answers = new ArrayList<>(ids.size());
        for (JobId id : ids) {
            Place before = place(id);
            if (before == null || !lane(before).tenant().equals(tenant)) {
                answers.add(new Operated.NotFound(id));
            } else if (verb.changes(before)) {
                Place after = Objects.requireNonNull(place(id));
                answers.add(new Operated.Done(id, lane(after), after.state));
            } else {
                answers.add(new Operated.NotAllowed(id, before.state));
            }
        }
        return answers;
    }

    private @Nullable Place place(JobId id) throws SQLException {
        return tx.query("job_place").set("id", id.value()).first(Place::read).orElse(null);
    }

    private Lane lane(Place place) {
        return tx.lanes().lane(place.job.lane());
    }

    private boolean cancels(Place place) throws SQLException {
        if (!place.waits()) {
            return false;
        }
        leave(place);
        moves.toDone(
                place.job,
                JobState.CANCELLED,
                null,
                null,
                Failure.of("cancelled by hand while it was " + place.state.word()));
        return true;
    }

    private boolean retries(Place place) throws SQLException {
        if (place.state == JobState.AVAILABLE) {
            return true;
        }
        int attempt = place.job.attempt();
        if (place.state == JobState.RUNNING || place.state == JobState.COMPLETED || attempt >= Operate.MOST_ATTEMPTS) {
            return false;
        }
        leave(place);
        if (attempt >= place.maxAttempts) {
            tx.query("job_attempts")
                    .set("id", place.job.id().value())
                    .set("max_attempts", attempt + 1)
                    .update();
        }
        moves.toAvailable(new Standing(place.job.id(), place.job.lane(), place.job.priority(), attempt, 0, 0));
        return true;
    }

    private boolean amends(Place place, Amendment amendment) throws SQLException {
        if (!place.waits()) {
            return false;
        }
        switch (amendment) {
            case Amendment.Reschedule(Due due) -> reschedule(place, due);
            case Amendment.Reprioritise(int priority) -> {
                if (priority != place.job.priority()) {
                    move(place, place.job.lane(), priority);
                }
            }
            case Amendment.Move(QueueName queue) -> {
                Lane lane = lane(place);
                if (!queue.equals(lane.queue())) {
                    keepOriginal(place);
                    move(place, tx.number(new Lane(lane.tenant(), queue, lane.kind())), place.job.priority());
                }
            }
            case Amendment.ReplacePayload(Payload payload) -> {
                keepOriginal(place);
                tx.query("job_payload")
                        .set("id", place.job.id().value())
                        .set("content_type", payload.contentType().code())
                        .set("payload", payload.bytes())
                        .update();
            }
        }
        return true;
    }

    private void reschedule(Place place, Due due) throws SQLException {
        long at = Enqueuer.due(due, tx.now());
        if (at > tx.now()) {
            leave(place);
            moves.toWaiting(place.job.cleared(), at, false);
        } else if (place.state != JobState.AVAILABLE) {
            leave(place);
            moves.toAvailable(place.job.cleared());
        }
    }

    /** An available job comes behind what is available in its new place. */
    private void move(Place place, int lane, int priority) throws SQLException {
        leave(place);
        tx.query("job_amend")
                .set("id", place.job.id().value())
                .set("lane", lane)
                .set("priority", priority)
                .update();
        Standing was = place.job;
        Standing job = new Standing(was.id(), lane, priority, was.attempt(), was.crashes(), was.suspicion());
        if (place.state == JobState.AVAILABLE) {
            moves.toAvailable(job);
        } else {
            moves.toWaiting(job, place.due, place.state == JobState.RETRYABLE);
        }
    }

    private void keepOriginal(Place place) throws SQLException {
        long id = place.job.id().value();
        record First(int lane, Payload payload, boolean kept) {}
        First first = tx.query("job_known")
                .set("id", id)
                .first(row -> new First(
                        row.getInt("lane"),
                        Enqueuer.payload(row.getInt("content_type"), row.getBytes("payload")),
                        row.getBytes("sha256") != null))
                .orElseThrow();
        if (!first.kept) {
            tx.query("original_add")
                    .set("id", id)
                    .set("lane", first.lane)
                    .set("content_type", first.payload.contentType().code())
                    .set("sha256", first.payload.sha256())
                    .update();
        }
    }

    /** Out of where it is, and no longer counted there. */
    private void leave(Place place) throws SQLException {
        Standing job = place.job;
        long id = job.id().value();
        switch (place.state) {
            case AVAILABLE -> {
                if (job.suspicion() == 0) {
                    tx.query("ready_remove")
                            .set("lane", job.lane())
                            .set("priority", job.priority())
                            .set("position", place.position)
                            .update();
                } else {
                    tx.query("suspect_remove").set("id", id).update();
                }
                tx.totals().add(job.lane(), Moves.slot(job), -1);
            }
            case SCHEDULED, RETRYABLE -> {
                tx.query("waiting_remove").set("id", id).update();
                tx.totals().add(job.lane(), Slot.of(place.state), -1);
            }
            case COMPLETED, DISCARDED, CANCELLED -> {
                tx.query("attempt_retried").set("id", id).update();
                tx.query("done_remove").set("id", id).update();
                tx.totals().add(job.lane(), Slot.of(place.state), -1);
            }
            case RUNNING -> throw new IllegalStateException("a running job is left to its worker");
        }
    }

    private interface Verb {
        /** @return whether the job is now as was asked */
        boolean changes(Place place) throws SQLException;
    }

    /**
     * Where a job is.
     *
     * @param position if it is available
     * @param due if it waits for a time
     */
    private record Place(Standing job, JobState state, long position, int maxAttempts, long due) {
        static Place read(ResultSet row) throws SQLException {
            return new Place(
                    new Standing(
                            new JobId(row.getLong("id")),
                            row.getInt("lane"),
                            row.getInt("priority"),
                            row.getInt("attempt"),
                            row.getInt("crashes"),
                            row.getInt("suspicion")),
                    JobState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                    row.getLong("position"),
                    row.getInt("max_attempts"),
                    row.getLong("due"));
        }

        boolean waits() {
            return state != JobState.RUNNING && !state.isFinal();
        }
    }
}
