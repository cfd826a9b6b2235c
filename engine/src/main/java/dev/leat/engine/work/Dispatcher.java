package dev.leat.engine.work;

import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Claimed.Left;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Turn;
import dev.leat.engine.client.IdleWorker;
import dev.leat.engine.duty.Duty;
import dev.leat.engine.duty.Pace;
import dev.leat.engine.id.MonotonicClock;
import dev.leat.engine.queue.TenantQueue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns stored jobs into running ones, and what came of them into settlements: one call a turn does both for all slots.
 *
 * <p>While a turn is under way outcomes gather, and the next turn settles them together; so batches grow with the load by
 * themselves. A turn whose answer was lost is asked again with the same settlements and the same claim id.
 */
final class Dispatcher implements Duty {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int BATCH = 1_000;
    private static final long BATCH_BYTES = 16L << 20;

    /** Jobs come in a stream if so many claims in a row took some, each so soon after the one before. */
    private static final int STREAM = 8;

    private static final long STREAM_GAP = TimeUnit.MILLISECONDS.toNanos(4);

    /** So long outcomes wait for the next job of a stream, whose claim settles them: one commit instead of two that wait for each other. */
    private static final long STREAM_PATIENCE = TimeUnit.MILLISECONDS.toNanos(5);

    /** Who keeps a slot for longer has lost it, such as by the end of its stack; or waits for a store that is very slow. */
    private static final long LONGEST_SLOT = TimeUnit.SECONDS.toNanos(10);

    private final JobStore store;
    private final Handlers handlers;
    private final WorkerConfig config;
    private final LeaseKeeper keeper;
    private final Completions completions;
    private final MonotonicClock clock;
    private final IntSupplier worker;
    private final HandlerThreads threads;
    private final Runnable wake;
    private final ConcurrentLinkedDeque<Settlement> outcomes = new ConcurrentLinkedDeque<>();
    private final Set<Execution> running = ConcurrentHashMap.newKeySet();
    /** Neither running nor asked for. */
    private final AtomicInteger free;

    private final Set<KeptSlot> kept = ConcurrentHashMap.newKeySet();
    /** What was handed over in slots that had been given up. */
    private final Queue<Late> late = new ConcurrentLinkedQueue<>();

    private final Supplier<List<TenantQueue>> queues;
    private List<TenantQueue> laneQueues = List.of();
    private List<Lane> lanes = List.of();
    private volatile boolean claiming = true;
    private volatile boolean jobsExpected = true;
    private volatile Left left = Left.MORE;
    /** Whether the last turn failed. */
    private volatile boolean failing;

    private long pollAt;
    /** When a claim last took some, and how many in a row did so soon after the one before. */
    private long tookAt;

    private int inARow;
    /** Until when outcomes wait. Who adds one before that need not wake: the runner looks again by itself. */
    private volatile long settleAt;
    /** Not null from before a claim is sent until the keeper holds what it handed out. */
    private volatile @Nullable Asked asked;

    /**
     * @param queues from which to take jobs now
     * @param worker the node number now
     * @param wake has the next turn come at once
     */
    Dispatcher(
            JobStore store,
            Handlers handlers,
            WorkerConfig config,
            Supplier<List<TenantQueue>> queues,
            LeaseKeeper keeper,
            MonotonicClock clock,
            IntSupplier worker,
            HandlerThreads threads,
            Runnable wake) {
        this.store = store;
        this.handlers = handlers;
        this.config = config;
        this.queues = queues;
        this.keeper = keeper;
        completions = new Completions(store, keeper);
        this.clock = clock;
        this.worker = worker;
        this.threads = threads;
        this.wake = wake;
        free = new AtomicInteger(config.slots());
        pollAt = clock.nanoTime();
        tookAt = pollAt - STREAM_GAP;
        settleAt = pollAt;
    }

    /** Jobs may have become available. */
    void expectJobs() {
        jobsExpected = true;
        wake.run();
    }

    /**
     * Takes on nothing new from now on; what runs is settled as before. A claim whose answer is missing is still asked for,
     * and what it hands out is given back.
     */
    void stopClaiming() {
        claiming = false;
    }

    /**
     * Whether nothing runs and nothing waits to be settled. What is on its way from one to the other is known to the keeper,
     * which is told of a job before it starts and lets go of it when the store has settled it.
     */
    boolean holdsNothing() {
        return running.isEmpty() && outcomes.isEmpty() && !keeper.holdsAny();
    }

    /**
     * Whether nothing runs, and what ended cannot be settled since the store does not answer. To be asked after {@link
     * #stopClaiming}: only a turn that began before that can still start jobs, and it does so before another one fails.
     */
    boolean isStuck() {
        return failing && running.isEmpty();
    }

    /** Whether any handler is at work. */
    boolean runsAny() {
        return !running.isEmpty();
    }

    /** Whether, besides, no claim waits for its answer, which may hand out jobs that are to be given back. */
    boolean isIdle() {
        return kept.isEmpty() && asked == null && late.isEmpty() && holdsNothing();
    }

    /** A slot for who enqueues a job of that lane, while as far as is known none waits. */
    Optional<IdleWorker.Slot> slot(Lane lane) {
        if (jobsExpected || left != Left.NOTHING || !claiming || !serves(lane)) {
            return Optional.empty();
        }
        KeptSlot slot = new KeptSlot(new Asked(request(List.of(lane), 1), clock.nanoTime()));
        if (free.getAndUpdate(slots -> Math.max(0, slots - 1)) <= 0) {
            return Optional.empty();
        }
        kept.add(slot);
        if (!claiming) {
            // Told to stop just now, by someone who may have seen us idle.
            slot.free();
            return Optional.empty();
        }
        return Optional.of(slot);
    }

    private boolean serves(Lane lane) {
        return handlers.kinds().contains(lane.kind())
                && queues.get().contains(new TenantQueue(lane.tenant(), lane.queue()));
    }

    /** Interrupts what runs, to be given back. */
    void releaseRunning() {
        running.forEach(Execution::release);
    }

    /** Gives back what still runs although it was interrupted; its handlers can settle nothing any more. */
    void abandonRunning() {
        for (Execution execution : List.copyOf(running)) {
            if (running.remove(execution)) {
                LOG.warn("job {} does not stop; it is given back while it runs", execution.id());
                settleLater(execution, execution.abandon());
            }
        }
    }

    /** Pauses vary by a quarter, and even the longest one ends before the time that a job may wait unnoticed. */
    static Pace pace(WorkerConfig config) {
        return Pace.every(config.poll().multipliedBy(4).dividedBy(5));
    }

    @Override
    public int doWork() {
        late.removeIf(each -> !each.claim.equals(asked) && givesBack(each.lease));
        Asked claim = claim();
        if (claim == null && isSettledLater()) {
            return SOON;
        }
        List<Settlement> batch = batch();
        if (batch.isEmpty() && claim == null) {
            return 0;
        }
        Turn turn;
        try {
            turn = claim == null
                    ? new Turn(store.settle(batch), Claimed.NOTHING)
                    : store.settleAndClaim(batch, claim.request);
        } catch (RuntimeException | Error e) {
            // Whatever went wrong: an outcome that is forgotten here leaves its job running for ever.
            batch.reversed().forEach(outcomes::addFirst);
            failing = true;
            throw e;
        }
        failing = false;
        int done = settled(turn.settled()) + claimed(turn.claimed(), claim);
        if (done > 0) {
            return done;
        }
        // Looked at in this order, so that no outcome is missed whose job did not wake.
        if (isSettledLater() || !outcomes.isEmpty()) {
            return SOON;
        }
        return turn.claimed().left() == Left.CONTENDED ? CONTENDED : 0;
    }

    private boolean isSettledLater() {
        return claiming && settleAt - clock.nanoTime() > 0;
    }

    private List<Settlement> batch() {
        List<Settlement> batch = new ArrayList<>();
        long bytes = 0;
        while (batch.size() < BATCH && bytes < BATCH_BYTES) {
            Settlement next = outcomes.poll();
            if (next == null) {
                break;
            }
            batch.add(next);
            bytes += next.outcome() instanceof Outcome.Completed(var result) && result != null ? result.size() : 0;
        }
        return batch;
    }

    private @Nullable Asked claim() {
        if (asked != null) {
            return asked;
        }
        Asked claim = doubtful();
        if (claim != null) {
            return claim;
        }
        boolean now = jobsExpected || pollAt - clock.nanoTime() <= 0;
        if (!claiming || !now || free.get() <= 0) {
            return null;
        }
        // Until there is an answer nobody knows.
        left = Left.MORE;
        jobsExpected = false;
        List<Lane> lanes = lanes();
        int slots = lanes.isEmpty() ? 0 : free.getAndSet(0);
        if (slots == 0) {
            // If the last slot was taken just now, whoever frees it wakes us.
            jobsExpected |= !lanes.isEmpty();
            return null;
        }
        claim = new Asked(request(lanes, slots), clock.nanoTime());
        asked = claim;
        if (!claiming) {
            // Told to stop just now, by someone who may have seen us idle.
            asked = null;
            free.addAndGet(slots);
            return null;
        }
        return claim;
    }

    /** The claim of a slot that may have been answered, to be sent again. */
    private @Nullable Asked doubtful() {
        long now = clock.nanoTime();
        for (KeptSlot slot : kept) {
            if ((slot.doubted || now - slot.claim.at > LONGEST_SLOT) && !slot.ended.getAndSet(true)) {
                asked = slot.claim;
                kept.remove(slot);
                return slot.claim;
            }
        }
        return null;
    }

    /** Unless the claim, sent again, has handed it out too; if that has ended already, the store knows better. */
    private boolean givesBack(Lease lease) {
        if (!keeper.holds(lease.id())) {
            lease.claims().forEach(job -> outcomes.add(new Settlement(lease.id(), job.job(), new Outcome.Release())));
        }
        return true;
    }

    private ClaimRequest request(List<Lane> of, int slots) {
        return new ClaimRequest(
                UUID.randomUUID(),
                worker.getAsInt(),
                of,
                Math.min(slots, ClaimRequest.MOST_JOBS),
                config.maxBytes(),
                config.lease(),
                !keeper.holdsSuspects());
    }

    /** Each time another lane comes first. */
    private List<Lane> lanes() {
        List<TenantQueue> served = queues.get();
        if (!served.equals(laneQueues)) {
            List<KindName> kinds = handlers.kinds().stream().sorted().toList();
            lanes = new ArrayList<>();
            served.forEach(each -> kinds.forEach(kind -> lanes.add(new Lane(each.tenant(), each.queue(), kind))));
            laneQueues = served;
        }
        Collections.rotate(lanes, 1);
        return lanes;
    }

    private int settled(List<Settled> answers) {
        letGo(() -> answers.forEach(answer -> keeper.settled(answer.lease(), answer.job())));
        for (Settled answer : answers) {
            if (!answer.accepted()) {
                LOG.warn(
                        "job {} was not ours to settle: its lease was lost, or it was settled by a call whose answer"
                                + " was lost",
                        answer.job());
            }
        }
        return answers.size();
    }

    private int claimed(Claimed claimed, @Nullable Asked claim) {
        if (claim == null) {
            return 0;
        }
        List<Execution> executions = taken(claimed.leases(), claim);
        boolean start = claiming;
        asked = null;
        if (!executions.isEmpty()) {
            streams(claimed.left() == Left.NOTHING);
        }
        run(executions, start, claim);
        left = claimed.left();
        if (left != Left.NOTHING) {
            // For the slots that are free by then.
            jobsExpected = true;
        }
        // Due by the end of every pause (see pace()), or a poll would be left out now and then.
        pollAt = clock.nanoTime() + config.poll().toNanos() / 2;
        return executions.size();
    }

    /** @param whole whether the claim took all there was */
    private void streams(boolean whole) {
        long now = clock.nanoTime();
        inARow = whole && now - tookAt < STREAM_GAP ? inARow + 1 : 0;
        tookAt = now;
        settleAt = inARow < STREAM ? now : now + STREAM_PATIENCE;
    }

    private List<Execution> taken(List<Lease> leases, Asked claim) {
        List<Execution> executions = new ArrayList<>();
        for (Lease lease : leases) {
            List<Execution> ofLease =
                    lease.claims().stream().map(job -> execution(lease, job)).toList();
            keeper.hold(lease, ofLease, claim.at);
            executions.addAll(ofLease);
        }
        return executions;
    }

    /** Runs them in the slots that were asked for, and frees the rest of those. */
    private void run(List<Execution> executions, boolean start, Asked claim) {
        int started = start ? executions.size() : 0;
        free.addAndGet(claim.request.maxJobs() - started);
        if (start) {
            executions.forEach(this::start);
        } else {
            executions.forEach(each -> outcomes.add(each.settlement(new Outcome.Release())));
        }
    }

    private Execution execution(Lease lease, Claim job) {
        return new Execution(lease, job, handlers.of(lease.lane().kind()), threads, completions, this::ended);
    }

    private void start(Execution execution) {
        running.add(execution);
        execution.start();
    }

    private void ended(Execution execution, @Nullable Settlement settlement) {
        if (running.remove(execution)) {
            settleLater(execution, settlement);
        }
        free.incrementAndGet();
        if (!isSettledLater()) {
            wake.run();
        }
    }

    /** @param settlement null if there is nothing to settle: the lease is lost, or a transaction of the handler's decides */
    private void settleLater(Execution execution, @Nullable Settlement settlement) {
        if (settlement != null) {
            outcomes.add(settlement);
        } else {
            letGo(() -> keeper.settled(execution.token(), execution.id()));
        }
    }

    private void letGo(Runnable settled) {
        boolean suspects = keeper.holdsSuspects();
        settled.run();
        if (suspects && !keeper.holdsSuspects()) {
            // There may be more, which could not be claimed until now.
            jobsExpected = true;
        }
    }

    /** Ended by the first of its calls, or given up. */
    private final class KeptSlot implements IdleWorker.Slot {
        final Asked claim;
        final AtomicBoolean ended = new AtomicBoolean();
        volatile boolean doubted;

        KeptSlot(Asked claim) {
            this.claim = claim;
        }

        @Override
        public ClaimRequest request() {
            return claim.request;
        }

        // Each leaves the kept last, so that nobody sees us idle in between.

        /** On a thread of its own, since the caller's may be interrupted or near the end of its stack. */
        @Override
        public void take(Lease lease) {
            try {
                Thread.ofVirtual().name("leat-handover").start(() -> taken(lease));
            } catch (Throwable e) {
                doubt();
            }
        }

        private void taken(Lease lease) {
            if (ended.getAndSet(true)) {
                late.add(new Late(lease, claim));
                wake.run();
                return;
            }
            List<Execution> executions;
            try {
                executions = Dispatcher.this.taken(List.of(lease), claim);
            } catch (RuntimeException | Error e) {
                ended.set(false);
                doubt();
                throw e;
            }
            boolean start = claiming;
            run(executions, start, claim);
            kept.remove(this);
            if (!start) {
                wake.run();
            }
        }

        @Override
        public void free() {
            if (!ended.getAndSet(true)) {
                free.incrementAndGet();
                kept.remove(this);
                wake.run();
            }
        }

        @Override
        public void doubt() {
            doubted = true;
            wake.run();
        }
    }

    /** A lease of a claim that had been sent again before. */
    private record Late(Lease lease, Asked claim) {}

    /** A claim that is sent, or is to be sent again because its answer was lost. */
    private record Asked(ClaimRequest request, long at) {}
}
