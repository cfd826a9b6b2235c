package dev.leat.engine.rig;

import dev.leat.api.JobId;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.ForwardingJobStore;
import dev.leat.api.store.Handover;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Promoted;
import dev.leat.api.store.Reclaimed;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Turn;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** The way to a store, which fails when a test says so, and remembers what went over it. */
public final class FaultyJobStore extends ForwardingJobStore {
    /** What becomes of a call. */
    public enum Fault {
        /** It is done. */
        NONE,
        /** It is not done, and the store says so. */
        REFUSED,
        /** It does not reach the store, but nobody can know. */
        REQUEST_LOST,
        /** It is done, and nobody hears of it. */
        ANSWER_LOST,
        /** The store, or the way to it, has a defect. */
        DEFECT
    }

    /** The calls that can fail. */
    public enum Verb {
        ENQUEUE,
        CLAIM,
        SETTLE,
        SETTLE_AND_CLAIM,
        RENEW,
        PROMOTE,
        RECLAIM
    }

    private final Map<Verb, Deque<Fault>> next = new EnumMap<>(Verb.class);
    private Set<Verb> down = Set.of();
    private Fault how = Fault.NONE;
    private final List<ClaimRequest> claims = new CopyOnWriteArrayList<>();
    private final List<Settlement> settlements = new CopyOnWriteArrayList<>();
    private final List<JobId> accepted = new CopyOnWriteArrayList<>();
    private final List<List<NewJob>> enqueued = new CopyOnWriteArrayList<>();
    private final AtomicInteger contended = new AtomicInteger();
    private volatile boolean busy;
    private volatile Runnable beforeRenew = () -> {};
    private volatile Runnable beforeClaimAnswer = () -> {};
    private volatile Runnable beforeEnqueue = () -> {};
    private volatile Runnable beforeEnqueueAnswer = () -> {};

    public FaultyJobStore(JobStore store) {
        super(store);
    }

    /** From now on, until {@link #heal}, these calls fail, or all if none is named. */
    public synchronized void fail(Fault fault, Verb... verbs) {
        how = fault;
        down = verbs.length == 0 ? Set.of(Verb.values()) : Set.of(verbs);
    }

    /** The next calls of this verb fail, one after the other. */
    public synchronized void failNext(Verb verb, Fault... faults) {
        next.put(verb, new ArrayDeque<>(List.of(faults)));
    }

    /** That many claims find nothing but what others are being handed. */
    public void contendNext(int claims) {
        contended.set(claims);
    }

    /** Whether from now on something else has hold of all leases. */
    public void busy(boolean all) {
        busy = all;
    }

    public synchronized void heal() {
        how = Fault.NONE;
        down = Set.of();
        next.clear();
    }

    /** Called with each renewal, before anything else. */
    public void beforeRenew(Runnable what) {
        beforeRenew = what;
    }

    /** Called with each claim that was done, before its answer goes back. */
    public void beforeClaimAnswer(Runnable what) {
        beforeClaimAnswer = what;
    }

    /** Called with each enqueue that reaches the store, before it is done. */
    public void beforeEnqueue(Runnable what) {
        beforeEnqueue = what;
    }

    /** Called with each enqueue that was done, before its answer goes back. */
    public void beforeEnqueueAnswer(Runnable what) {
        beforeEnqueueAnswer = what;
    }

    /** The claims sent, also those that failed. */
    public List<ClaimRequest> claims() {
        return claims;
    }

    /** The settlements sent, also in calls that failed. */
    public List<Settlement> settlements() {
        return settlements;
    }

    /** The jobs whose settlement the store accepted, also when its answer was lost. */
    public List<JobId> accepted() {
        return accepted;
    }

    /** The batches sent to be enqueued, also in calls that failed. */
    public List<List<NewJob>> enqueued() {
        return enqueued;
    }

    private synchronized Fault fault(Verb verb) {
        Deque<Fault> planned = next.getOrDefault(verb, new ArrayDeque<>());
        if (!planned.isEmpty()) {
            return planned.poll();
        }
        return down.contains(verb) ? how : Fault.NONE;
    }

    private <T> T call(Verb verb, Supplier<T> call) {
        Fault fault = fault(verb);
        switch (fault) {
            case REFUSED -> throw failure(Effect.NONE);
            case REQUEST_LOST -> throw failure(Effect.UNKNOWN);
            case DEFECT -> throw new IllegalStateException("a defect");
            case NONE, ANSWER_LOST -> {}
        }
        T answer = call.get();
        if (fault == Fault.ANSWER_LOST) {
            throw failure(Effect.UNKNOWN);
        }
        return answer;
    }

    private static StoreException failure(Effect effect) {
        return new StoreException("The store does not answer.", effect, new IOException("lost"));
    }

    private List<Settled> noted(List<Settled> answers) {
        answers.stream().filter(Settled::accepted).map(Settled::job).forEach(accepted::add);
        return answers;
    }

    @Override
    public List<Enqueued> enqueue(List<NewJob> jobs) {
        enqueued.add(List.copyOf(jobs));
        return call(Verb.ENQUEUE, () -> {
            beforeEnqueue.run();
            List<Enqueued> answers = store.enqueue(jobs);
            beforeEnqueueAnswer.run();
            return answers;
        });
    }

    /** An enqueue among the others, whose request is none of the claims. */
    @Override
    public Handover enqueueAndClaim(NewJob job, ClaimRequest request) {
        enqueued.add(List.of(job));
        return call(Verb.ENQUEUE, () -> {
            beforeEnqueue.run();
            Handover answer = store.enqueueAndClaim(job, request);
            beforeEnqueueAnswer.run();
            return answer;
        });
    }

    @Override
    public Claimed claim(ClaimRequest request) {
        claims.add(request);
        return call(Verb.CLAIM, () -> store.claim(request));
    }

    @Override
    public List<Settled> settle(List<Settlement> batch) {
        settlements.addAll(batch);
        return call(Verb.SETTLE, () -> noted(store.settle(batch)));
    }

    @Override
    public Turn settleAndClaim(List<Settlement> batch, ClaimRequest request) {
        settlements.addAll(batch);
        claims.add(request);
        return call(Verb.SETTLE_AND_CLAIM, () -> {
            Turn turn = contended.getAndUpdate(left -> Math.max(0, left - 1)) > 0
                    ? new Turn(store.settle(batch), Claimed.CONTENDED)
                    : store.settleAndClaim(batch, request);
            noted(turn.settled());
            beforeClaimAnswer.run();
            return turn;
        });
    }

    @Override
    public List<Renewed> renew(List<LeaseId> held, Duration lease) {
        beforeRenew.run();
        return call(
                Verb.RENEW,
                () -> busy
                        ? held.stream()
                                .map(id -> new Renewed(id, Renewed.Answer.BUSY))
                                .toList()
                        : store.renew(held, lease));
    }

    @Override
    public Promoted promote(int max) {
        return call(Verb.PROMOTE, () -> store.promote(max));
    }

    @Override
    public Reclaimed reclaim(int max) {
        return call(Verb.RECLAIM, () -> store.reclaim(max));
    }

    @Override
    public <T> Optional<T> feature(Class<T> facet) {
        return store.feature(facet);
    }
}
