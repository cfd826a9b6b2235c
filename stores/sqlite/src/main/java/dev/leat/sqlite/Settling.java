package dev.leat.sqlite;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.Failure;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settled.Answer;
import dev.leat.api.store.Settlement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Ends attempts. Jobs leave their leases lease by lease, each by one statement; what comes of them follows in the order asked. */
final class Settling {
    private final Transaction tx;
    private final Moves moves;

    Settling(Transaction tx) {
        this.tx = tx;
        moves = new Moves(tx);
    }

    List<Settled> settle(List<Settlement> settlements) throws SQLException {
        Map<LeaseId, Set<JobId>> asked = new LinkedHashMap<>();
        for (Settlement each : settlements) {
            asked.computeIfAbsent(each.lease(), lease -> new HashSet<>()).add(each.job());
        }
        Map<LeaseId, Left> left = new HashMap<>();
        for (Map.Entry<LeaseId, Set<JobId>> each : asked.entrySet()) {
            HeldLease lease = tx.query("lease_get")
                    .set("id", each.getKey().value())
                    .first(HeldLease::read)
                    .orElse(null);
            if (lease != null) {
                left.put(each.getKey(), leave(lease, each.getValue()));
            }
        }
        List<Settled> answers = new ArrayList<>(settlements.size());
        for (Settlement each : settlements) {
            Left lease = left.get(each.lease());
            boolean accepted = lease != null && lease.jobs.remove(each.job());
            if (lease != null && accepted) {
                apply(each, lease);
            }
            answers.add(new Settled(each.lease(), each.job(), accepted ? Answer.ACCEPTED : Answer.STALE_LEASE));
        }
        for (Left lease : left.values()) {
            complete(lease);
        }
        return answers;
    }

    /** Takes those jobs out of the lease that it holds. */
    private Left leave(HeldLease lease, Set<JobId> jobs) throws SQLException {
        Set<JobId> taken = new HashSet<>(tx.query("running_take")
                .set("lease", lease.id())
                .set("ids", Ids.json(jobs))
                .rows(row -> new JobId(row.getLong("id"))));
        shrink(tx, lease, taken.size());
        return new Left(lease, taken, new ArrayList<>());
    }

    /** So many jobs have left the lease, which ends with its last. */
    static void shrink(Transaction tx, HeldLease lease, int by) throws SQLException {
        int rest = lease.jobs() - by;
        if (rest == 0) {
            tx.query("lease_end").set("id", lease.id()).update();
        } else if (by > 0) {
            tx.query("lease_left").set("id", lease.id()).set("jobs", rest).update();
        }
        tx.totals().add(lease.lane(), Slot.RUNNING, -by);
    }

    private void apply(Settlement settlement, Left from) throws SQLException {
        HeldLease lease = from.lease;
        JobId id = settlement.job();
        Standing job = lease.standing(id);
        Standing notCounted = job.withAttempt(job.attempt() - 1);
        switch (settlement.outcome()) {
            case Outcome.Completed completed -> {
                if (completed.result() == null) {
                    from.completed.add(id);
                } else {
                    moves.toDone(job, JobState.COMPLETED, lease, completed.result(), null);
                }
            }
            case Outcome.Discard(Failure failure) -> moves.toDone(job, JobState.DISCARDED, lease, null, failure);
            case Outcome.Cancelled(Failure reason) -> moves.toDone(job, JobState.CANCELLED, lease, null, reason);
            case Outcome.Retry(Duration after, Failure failure) -> {
                moves.addAttempt(id, lease, Ended.FAILED, failure);
                moves.toWaiting(job.cleared(), tx.now() + StoreTime.micros(after), true);
            }
            case Outcome.Snooze(Duration after) -> {
                moves.addAttempt(id, lease, Ended.SNOOZED, null);
                moves.toWaiting(notCounted.cleared(), tx.now() + StoreTime.micros(after), false);
            }
            case Outcome.Release() -> {
                moves.addAttempt(id, lease, Ended.RELEASED, null);
                moves.toAvailable(notCounted);
            }
        }
    }

    /** Most jobs end so, and all of a lease by one statement. */
    private void complete(Left from) throws SQLException {
        if (from.completed.isEmpty()) {
            return;
        }
        HeldLease lease = from.lease;
        tx.query("done_completed")
                .set("ids", Ids.json(from.completed))
                .set("lane", lease.lane())
                .set("attempt", lease.attempt())
                .set("crashes", lease.crashes())
                .set("lease", lease.id())
                .set("worker", lease.worker())
                .set("started_at", lease.startedAt())
                .set("now", tx.now())
                .update();
        tx.totals().add(lease.lane(), Slot.COMPLETED, from.completed.size());
    }

    /**
     * Jobs that left a lease.
     *
     * @param jobs of which nothing has come yet
     * @param completed without a result
     */
    private record Left(HeldLease lease, Set<JobId> jobs, List<JobId> completed) {}
}
