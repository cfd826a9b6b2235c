package dev.leat.engine.work;

import dev.leat.api.Lane;
import dev.leat.api.StoreException;
import dev.leat.api.store.JobStore;
import dev.leat.engine.client.IdleWorker;
import dev.leat.engine.duty.Duty;
import dev.leat.engine.duty.DutyRunner;
import dev.leat.engine.duty.Pace;
import dev.leat.engine.duty.Promoter;
import dev.leat.engine.duty.Pruner;
import dev.leat.engine.duty.Reclaimer;
import dev.leat.engine.id.MonotonicClock;
import dev.leat.engine.queue.TenantQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the jobs of some queues in this process, and does its share of the store's upkeep. Thread-safe.
 *
 * <p>If the store cannot be reached it goes on trying; what its handlers finished meanwhile is kept and settled later.
 */
public final class Worker implements IdleWorker, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration LAST_MOMENT = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(5);

    private final WorkerConfig config;
    private final MonotonicClock clock;
    private final Dispatcher dispatcher;
    private final LeaseKeeper keeper;
    private final Promoter promoter;
    private final Reclaimer reclaimer;
    private final Pruner pruner;
    private final List<DutyRunner> runners = new ArrayList<>();
    private volatile Runnable wakeDispatcher = () -> {};
    private boolean closed;

    /**
     * Made, and not started yet.
     *
     * @param queues from which to take jobs now
     * @param number the node number of this process now
     */
    public Worker(
            JobStore store,
            Handlers handlers,
            WorkerConfig config,
            Supplier<List<TenantQueue>> queues,
            MonotonicClock clock,
            IntSupplier number) {
        this(store, handlers, config, queues, clock, number, HandlerThreads.VIRTUAL);
    }

    /** @param threads on which handlers run */
    public Worker(
            JobStore store,
            Handlers handlers,
            WorkerConfig config,
            Supplier<List<TenantQueue>> queues,
            MonotonicClock clock,
            IntSupplier number,
            HandlerThreads threads) {
        this.config = config;
        this.clock = clock;
        keeper = new LeaseKeeper(store, clock, config.lease());
        dispatcher = new Dispatcher(
                store, handlers, config, queues, keeper, clock, number, threads, () -> wakeDispatcher.run());
        promoter = new Promoter(store, dispatcher::expectJobs);
        reclaimer = new Reclaimer(store, dispatcher::expectJobs);
        pruner = new Pruner(store, config.retention());
    }

    /** Goes to work on threads of its own. */
    public synchronized void start() {
        if (closed || !runners.isEmpty()) {
            throw new IllegalStateException("the worker was started or closed before");
        }
        for (Part part : parts()) {
            runners.add(DutyRunner.start(part.name, part.duty, part.pace, clock));
        }
        DutyRunner dispatch = runners.getFirst();
        wakeDispatcher = dispatch::wake;
        // For what has ended already, and found nobody to wake.
        dispatch.wake();
    }

    /** One duty of a worker, and how often it is done. */
    public record Part(String name, Duty duty, Pace pace) {}

    /** All that a worker does, for whoever does it instead of {@link #start}; the dispatcher first. */
    public List<Part> parts() {
        Duration tenth = config.lease().dividedBy(10);
        return List.of(
                new Part("dispatcher", dispatcher, Dispatcher.pace(config)),
                new Part("lease-keeper", keeper, new Pace(tenth, Duration.ofMillis(100), tenth)),
                new Part("lease-watch", keeper::loseOverdue, Pace.every(tenth)),
                new Part("promoter", promoter, Pace.every(Duration.ofSeconds(1))),
                new Part("reclaimer", reclaimer, Pace.every(Duration.ofSeconds(1))),
                new Part(
                        "pruner",
                        pruner,
                        new Pace(Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofMinutes(1))));
    }

    /** Says that jobs may have become available, so that they are claimed at once and not at the next poll. */
    public void expectJobs() {
        dispatcher.expectJobs();
    }

    @Override
    public Optional<Slot> slot(Lane lane) {
        return dispatcher.slot(lane);
    }

    /**
     * One step of every duty on the caller's thread, for a worker that was not started: what a test does after it has moved
     * the clock. Handlers still run on threads of their own.
     *
     * @return how much was done
     */
    public int tick() {
        try {
            return promoter.doWork()
                    + reclaimer.doWork()
                    + pruner.doWork()
                    + keeper.doWork()
                    + Math.max(0, dispatcher.doWork());
        } finally {
            keeper.loseOverdue();
        }
    }

    /**
     * Claims nothing more, lets running jobs finish for the time of grace, interrupts the rest and gives them back without
     * costing them an attempt. If the store does not answer, what has ended waits for it a few seconds, and then for the ends of
     * its leases. May be called twice.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        dispatcher.stopClaiming();
        if (!await(() -> dispatcher.holdsNothing() || dispatcher.isStuck(), config.grace())) {
            dispatcher.releaseRunning();
        }
        boolean idle = await(dispatcher::isIdle, LAST_MOMENT);
        if (!idle && dispatcher.runsAny()) {
            dispatcher.abandonRunning();
            idle = await(dispatcher::isIdle, LAST_MOMENT);
        }
        if (!idle) {
            LOG.warn("closed before everything was settled; the rest comes back when its leases end");
        }
        DutyRunner.closeAll(runners);
    }

    private boolean await(BooleanSupplier condition, Duration atMost) {
        ReentrantLock lock = new ReentrantLock();
        Condition never = lock.newCondition();
        long end = clock.nanoTime() + atMost.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (end - clock.nanoTime() <= 0) {
                    return false;
                }
                if (runners.isEmpty()) {
                    settleHere();
                }
                clock.await(never, LOOK.toNanos());
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** For a worker that was not started: what its duties would do. */
    private void settleHere() {
        try {
            keeper.doWork();
            dispatcher.doWork();
        } catch (StoreException e) {
            LOG.debug("not settled yet: {}", e.getMessage());
        } finally {
            keeper.loseOverdue();
        }
    }
}
