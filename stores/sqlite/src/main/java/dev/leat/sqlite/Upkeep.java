package dev.leat.sqlite;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.Failure;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.Promoted;
import dev.leat.api.store.Reclaimed;
import dev.leat.api.store.Renewed;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What time does to jobs: makes them due, and ends their leases. */
final class Upkeep {
    /** After so many jobs no further lease is taken back by a call: those who enqueue wait for it. */
    private static final int MOST_RECLAIMED = 10_000;

    private final Transaction tx;
    private final Moves moves;

    Upkeep(Transaction tx) {
        this.tx = tx;
        moves = new Moves(tx);
    }

    List<Renewed> renew(List<LeaseId> held, Duration lease) throws SQLException {
        List<Renewed> renewed = new ArrayList<>(held.size());
        long expiresAt = tx.now() + StoreTime.micros(lease);
        for (LeaseId id : held) {
            int rows = tx.query("lease_renew")
                    .set("id", id.value())
                    .set("expires_at", expiresAt)
                    .update();
            renewed.add(new Renewed(id, rows > 0 ? Renewed.Answer.RENEWED : Renewed.Answer.GONE));
        }
        return renewed;
    }

    Promoted promote(int max) throws SQLException {
        record DueJob(Standing job, boolean retry) {}
        List<DueJob> due = tx.query("waiting_due")
                .set("now", tx.now())
                .set("most", max)
                .rows(row -> new DueJob(
                        new Standing(
                                new JobId(row.getLong("id")),
                                row.getInt("lane"),
                                row.getInt("priority"),
                                row.getInt("attempt"),
                                row.getInt("crashes"),
                                0),
                        row.getInt("retry") == 1));
        Map<Lane, Integer> moved = new HashMap<>();
        for (DueJob each : due) {
            tx.query("waiting_remove").set("id", each.job.id().value()).update();
            tx.totals().add(each.job.lane(), each.retry ? Slot.RETRYABLE : Slot.SCHEDULED, -1);
            moves.toAvailable(each.job);
            moved.merge(tx.lanes().lane(each.job.lane()), 1, Integer::sum);
        }
        return new Promoted(moved);
    }

    Reclaimed reclaim(int max) throws SQLException {
        Map<Lane, Integer> back = new HashMap<>();
        Map<JobId, Lane> discarded = new HashMap<>();
        int jobs = 0;
        for (HeldLease lease :
                tx.query("lease_over").set("now", tx.now()).set("most", max).rows(HeldLease::read)) {
            if (jobs >= MOST_RECLAIMED) {
                break;
            }
            jobs += lease.jobs();
            Lane lane = tx.lanes().lane(lease.lane());
            for (Held job : left(lease)) {
                if (takeBack(lease, job)) {
                    back.merge(lane, 1, Integer::sum);
                } else {
                    discarded.put(job.id, lane);
                }
            }
        }
        return new Reclaimed(back, discarded);
    }

    /** The jobs that the lease still held, which ends with this. */
    private List<Held> left(HeldLease lease) throws SQLException {
        String members = Ids.json(lease.members());
        List<Held> held = tx.query("lease_held")
                .set("lease", lease.id())
                .set("ids", members)
                .rows(row -> new Held(new JobId(row.getLong("id")), row.getInt("max_attempts")));
        tx.query("running_take").set("lease", lease.id()).set("ids", members).rows(row -> row.getLong("id"));
        Settling.shrink(tx, lease, held.size());
        return held;
    }

    /** @return whether the job may run again */
    private boolean takeBack(HeldLease lease, Held held) throws SQLException {
        boolean alone = lease.suspicion() == Standing.ALONE;
        int crashes = lease.crashes() + (alone ? 1 : 0);
        int attempt = lease.attempt() - (alone ? 0 : 1);
        Standing job = new Standing(
                held.id,
                lease.lane(),
                lease.priority(),
                attempt,
                crashes,
                lease.suspicion() == 0 ? Standing.TOGETHER : Standing.ALONE);
        boolean over = crashes >= JobStore.CRASH_LIMIT || attempt >= held.maxAttempts;
        Failure why = over ? crashed(crashes, attempt, held.maxAttempts) : null;
        moves.addAttempt(held.id, lease, Ended.LOST, why);
        if (over) {
            moves.toDone(job, JobState.DISCARDED, null, null, why);
        } else {
            moves.toAvailable(job);
        }
        return !over;
    }

    private static Failure crashed(int crashes, int attempt, int maxAttempts) {
        return Failure.of("its worker died or hung while it ran alone: crash " + crashes + " of at most "
                + JobStore.CRASH_LIMIT + ", attempt " + attempt + " of at most " + maxAttempts);
    }

    private record Held(JobId id, int maxAttempts) {}
}
