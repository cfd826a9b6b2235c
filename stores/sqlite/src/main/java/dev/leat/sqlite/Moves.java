package dev.leat.sqlite;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.Failure;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Puts jobs into the tables that say where they are, and counts them. Taking them out of where they were is for the caller. */
final class Moves {
    private final Transaction tx;

    Moves(Transaction tx) {
        this.tx = tx;
    }

    /** Behind all that is available. */
    void toAvailable(Standing job) throws SQLException {
        long position = tx.nextPosition();
        tx.query("job_move")
                .set("position", position)
                .set("id", job.id().value())
                .update();
        toAvailable(job, position);
    }

    /** At the position that its row in {@code job} names. */
    void toAvailable(Standing job, long position) throws SQLException {
        var query = job.suspicion() == 0
                ? tx.query("ready_add")
                : tx.query("suspect_add").set("suspicion", job.suspicion());
        query.set("lane", job.lane())
                .set("priority", job.priority())
                .set("position", position)
                .set("id", job.id().value())
                .set("attempt", job.attempt())
                .set("crashes", job.crashes())
                .update();
        tx.totals().add(job.lane(), slot(job), 1);
        tx.wake(job.lane());
    }

    /** Where an available job counts. */
    static int slot(Standing job) {
        return job.suspicion() == 0 ? job.priority() : Slot.SUSPECT;
    }

    void toWaiting(Standing job, long due, boolean retry) throws SQLException {
        tx.query("waiting_add")
                .set("id", job.id().value())
                .set("due", due)
                .set("lane", job.lane())
                .set("priority", job.priority())
                .set("attempt", job.attempt())
                .set("crashes", job.crashes())
                .set("retry", retry ? 1 : 0)
                .update();
        tx.totals().add(job.lane(), retry ? Slot.RETRYABLE : Slot.SCHEDULED, 1);
    }

    /** @param run that ended it; null if none did, or if it is among the job's attempts */
    void toDone(Standing job, JobState state, @Nullable HeldLease run, @Nullable Payload result, @Nullable Failure why)
            throws SQLException {
        tx.query("done_add")
                .set("id", job.id().value())
                .set("lane", job.lane())
                .set("state", Slot.end(state))
                .set("attempt", job.attempt())
                .set("crashes", job.crashes())
                .set("lease", run == null ? null : (Long) run.id())
                .set("worker", run == null ? null : (Long) (long) run.worker())
                .set("started_at", run == null ? null : (Long) run.startedAt())
                .set("now", tx.now())
                .set(
                        "content_type",
                        result == null
                                ? null
                                : (Long) (long) result.contentType().code())
                .set("result", result == null ? null : result.bytes())
                .set("error", why == null ? null : why.message())
                .set("detail", why == null ? null : why.detail())
                .update();
        tx.totals().add(job.lane(), Slot.of(state), 1);
    }

    void addAttempt(JobId job, HeldLease run, Ended ended, @Nullable Failure why) throws SQLException {
        tx.query("attempt_add")
                .set("job", job.value())
                .set("lease", run.id())
                .set("attempt", run.attempt())
                .set("ended", number(ended))
                .set("worker", run.worker())
                .set("started_at", run.startedAt())
                .set("ended_at", tx.now())
                .set("error", why == null ? null : why.message())
                .set("detail", why == null ? null : why.detail())
                .update();
    }

    /** The number of an end in {@code attempt}. */
    private static int number(Ended ended) {
        return switch (ended) {
            case FAILED -> 0;
            case SNOOZED -> 1;
            case RELEASED -> 2;
            case LOST -> 3;
            case CANCELLED -> 4;
        };
    }

    static Ended ended(int number) {
        return switch (number) {
            case 0 -> Ended.FAILED;
            case 1 -> Ended.SNOOZED;
            case 2 -> Ended.RELEASED;
            case 3 -> Ended.LOST;
            case 4 -> Ended.CANCELLED;
            default -> throw new IllegalArgumentException("no end of a run has the number " + number);
        };
    }
}
