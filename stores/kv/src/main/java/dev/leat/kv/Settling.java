package dev.leat.kv;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.Failure;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settled.Answer;
import dev.leat.api.store.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Ends attempts. Each lease is read and stored once, however many of its jobs a call settles. */
final class Settling {
    private final Transaction tx;
    private final Draft draft;
    private final Moves moves;
    private final Map<LeaseId, Optional<Rest>> leases = new LinkedHashMap<>();

    Settling(Transaction tx) {
        this.tx = tx;
        draft = tx.draft();
        moves = new Moves(tx);
    }

    List<Settled> settle(List<Settlement> settlements) {
        List<Settled> answers = new ArrayList<>(settlements.size());
        for (Settlement each : settlements) {
            answers.add(new Settled(each.lease(), each.job(), accepts(each) ? Answer.ACCEPTED : Answer.STALE_LEASE));
        }
        leases.values().forEach(rest -> rest.ifPresent(left -> left.lease.putRest(draft, left.members)));
        return answers;
    }

    private boolean accepts(Settlement settlement) {
        Optional<Rest> rest = leases.computeIfAbsent(
                settlement.lease(), id -> HeldLease.of(draft, id.value()).map(Rest::new));
        Integer maxAttempts =
                rest.map(left -> left.members.remove(settlement.job())).orElse(null);
        if (maxAttempts == null) {
            return false;
        }
        apply(settlement, rest.orElseThrow().lease.place(settlement.job(), maxAttempts));
        return true;
    }

    private void apply(Settlement settlement, Place from) {
        moves.leave(from);
        Standing job = from.job();
        Standing notCounted = job.withAttempt(job.attempt() - 1);
        switch (settlement.outcome()) {
            case Outcome.Completed completed ->
                moves.toEnd(job, JobState.COMPLETED, from.run(), completed.result(), null);
            case Outcome.Discard(Failure failure) -> moves.toEnd(job, JobState.DISCARDED, from.run(), null, failure);
            case Outcome.Cancelled(Failure reason) -> moves.toEnd(job, JobState.CANCELLED, from.run(), null, reason);
            case Outcome.Retry(Duration after, Failure failure) -> {
                addAttempt(from, Ended.FAILED, failure);
                moves.toWaiting(job.cleared(), tx.now() + StoreTime.micros(after), true);
            }
            case Outcome.Snooze(Duration after) -> {
                addAttempt(from, Ended.SNOOZED, null);
                moves.toWaiting(notCounted.cleared(), tx.now() + StoreTime.micros(after), false);
            }
            case Outcome.Release() -> {
                addAttempt(from, Ended.RELEASED, null);
                moves.toAvailable(notCounted);
            }
        }
    }

    private void addAttempt(Place from, Ended ended, @Nullable Failure why) {
        moves.addAttempt(from, ended, tx.now(), why);
    }

    /** What a lease still holds. */
    private record Rest(HeldLease lease, Map<JobId, Integer> members) {
        Rest(HeldLease lease) {
            this(lease, new HashMap<>(lease.members()));
        }
    }
}
