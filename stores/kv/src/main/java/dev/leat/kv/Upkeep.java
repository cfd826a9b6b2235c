package dev.leat.kv;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What time does to jobs: makes them due, and ends their leases. */
final class Upkeep {
    /** After so many jobs no further lease is taken back by a call: those who enqueue wait for it. */
    private static final int MOST_RECLAIMED = 10_000;

    private final Transaction tx;
    private final Draft draft;
    private final Moves moves;

    Upkeep(Transaction tx) {
        this.tx = tx;
        draft = tx.draft();
        moves = new Moves(tx);
    }

    List<Renewed> renew(List<LeaseId> held, Duration lease) {
        List<Renewed> renewed = new ArrayList<>(held.size());
        long expiresAt = tx.now() + StoreTime.micros(lease);
        for (LeaseId id : held) {
            Optional<HeldLease> known = HeldLease.of(draft, id.value());
            known.ifPresent(each -> each.until(expiresAt).put(draft));
            renewed.add(new Renewed(id, known.isPresent() ? Renewed.Answer.RENEWED : Renewed.Answer.GONE));
        }
        return renewed;
    }

    Promoted promote(int max) {
        List<InLine> due = new ArrayList<>();
        draft.eachInLine(Keys.ALL_WAITING, (key, content) -> {
            long at = Keys.behind(key, 1).getLong();
            boolean over = at <= tx.now();
            if (over) {
                due.add(InLine.read(at, content));
            }
            return over && due.size() < max;
        });
        Map<Lane, Integer> moved = new HashMap<>();
        for (InLine each : due) {
            moves.leave(each.waiting());
            moves.toAvailable(each.job());
            moved.merge(tx.lanes().lane(each.job().lane()), 1, Integer::sum);
        }
        return new Promoted(moved);
    }

    Reclaimed reclaim(int max) {
        Map<Lane, Integer> back = new HashMap<>();
        Map<JobId, Lane> discarded = new HashMap<>();
        for (HeldLease lease : ended(max)) {
            Lane lane = tx.lanes().lane(lease.alike().lane());
            lease.members().forEach((job, maxAttempts) -> {
                if (takeBack(lease.place(job, maxAttempts))) {
                    back.merge(lane, 1, Integer::sum);
                } else {
                    discarded.put(job, lane);
                }
            });
            lease.putRest(draft, Map.of());
        }
        return new Reclaimed(back, discarded);
    }

    /** Few leases at a time, all read: an index would cost every renewal more. */
    private List<HeldLease> ended(int max) {
        List<HeldLease> ended = new ArrayList<>();
        int[] jobs = {0};
        draft.eachInLine(Keys.ALL_LEASES, (key, content) -> {
            HeldLease lease = HeldLease.read(Keys.behind(key, 1).getLong(), content);
            if (lease.expiresAt() <= tx.now()) {
                ended.add(lease);
                jobs[0] += lease.members().size();
            }
            return ended.size() < max && jobs[0] < MOST_RECLAIMED;
        });
        return ended;
    }

    /** Returns whether the job may run again. */
    private boolean takeBack(Place from) {
        moves.leave(from);
        Standing ran = from.job();
        boolean alone = ran.suspicion() == Standing.ALONE;
        int crashes = ran.crashes() + (alone ? 1 : 0);
        int attempt = ran.attempt() - (alone ? 0 : 1);
        Standing job =
                ran.withAttempt(attempt).with(crashes, ran.suspicion() == 0 ? Standing.TOGETHER : Standing.ALONE);
        boolean over = crashes >= JobStore.CRASH_LIMIT || attempt >= ran.maxAttempts();
        Failure why = over ? crashed(crashes, attempt, ran.maxAttempts()) : null;
        moves.addAttempt(from, Ended.LOST, tx.now(), why);
        if (over) {
            moves.toEnd(job, JobState.DISCARDED, null, null, why);
        } else {
            moves.toAvailable(job);
        }
        return !over;
    }

    private static Failure crashed(int crashes, int attempt, int maxAttempts) {
        return Failure.of("its worker died or hung while it ran alone: crash " + crashes + " of at most "
                + JobStore.CRASH_LIMIT + ", attempt " + attempt + " of at most " + maxAttempts);
    }
}
