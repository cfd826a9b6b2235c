package dev.leat.engine.pull;

import dev.leat.api.Lane;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Claimed.Left;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Wakeups.Wakeup;
import dev.leat.engine.id.MonotonicClock;
import dev.leat.engine.queue.TenantQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Takes jobs of one store for all callers of this process that ask for them, and lets them wait for some. Thread-safe. */
public final class Puller implements AutoCloseable {
    private static final int TRIES = 3;
    private static final int BUSY_TRIES = 100;
    private static final Duration BUSY_PAUSE = Duration.ofMillis(10);
    private static final long MOST_BYTES = 16L << 20;
    private static final Duration SHORTEST_LOOK = Duration.ofMillis(20);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);

    /** So long nothing more is asked of a store that did not answer, where others can be asked. */
    private static final Duration AWAY = Duration.ofSeconds(5);

    private final JobStore store;
    private final MonotonicClock clock;
    private final IntSupplier worker;
    private final Runnable listen;
    private final Predicate<TenantQueue> paused;
    private final SuspectsHeld suspects = new SuspectsHeld();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Waiter> waiters = new HashSet<>();
    private boolean closed;
    private volatile long failedAt;
    private volatile boolean failed;

    /**
     * To be closed before the store.
     *
     * @param worker the node number now
     * @param listen has {@link #told} called from now on, if the store tells of jobs; called before anybody waits
     * @param paused whether nothing may be taken from a queue now
     */
    public Puller(
            JobStore store, MonotonicClock clock, IntSupplier worker, Runnable listen, Predicate<TenantQueue> paused) {
        this.store = store;
        this.clock = clock;
        this.worker = worker;
        this.listen = listen;
        this.paused = paused;
    }

    JobStore store() {
        return store;
    }

    /** Whether the last claim failed, some seconds ago at most. */
    boolean isAway() {
        return failed && clock.nanoTime() - failedAt < AWAY.toNanos();
    }

    /** Whether nobody waits here any more. */
    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the waits, with nothing, so that those who wait see where their jobs are kept now. Does not wait itself. */
    public void rerouted() {
        changing(() -> {
            waiters.forEach(waiter -> waiter.rerouted = true);
            changed.signalAll();
        });
    }

    /** By the clock that waits go by. */
    long nanoTime() {
        return clock.nanoTime();
    }

    /** Has those look again who wait for jobs there. Does not wait itself. */
    public void told(Wakeup wakeup) {
        lock.lock();
        try {
            for (Waiter waiter : waiters) {
                waiter.told |= wakeup.isAnywhere() || waiter.lanes.stream().anyMatch(wakeup.lanes()::contains);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * None if there was none until the wait was over, or its end came early by {@link #rerouted}.
     *
     * @param lanes of one queue
     */
    List<Lease> take(List<Lane> lanes, int count, Duration lease, Duration wait) throws InterruptedException {
        long end = clock.nanoTime() + wait.toNanos();
        Waiter waiter = new Waiter(lanes);
        if (!wait.isZero()) {
            listen.run();
        }
        changing(() -> waiters.add(waiter));
        try {
            Duration look = SHORTEST_LOOK;
            while (true) {
                Claimed claimed = claimed(lanes, count, lease);
                long left = end - clock.nanoTime();
                if (!claimed.leases().isEmpty() || left <= 0) {
                    return claimed.leases();
                }
                look = claimed.left() == Left.NOTHING ? look : SHORTEST_LOOK;
                if (!await(waiter, Math.min(left, look.toNanos()))) {
                    return List.of();
                }
                look = look.multipliedBy(2);
                look = look.compareTo(LONGEST_LOOK) > 0 ? LONGEST_LOOK : look;
            }
        } finally {
            changing(() -> waiters.remove(waiter));
        }
    }

    private void changing(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    /** Whether to look again. */
    private boolean await(Waiter waiter, long nanos) throws InterruptedException {
        long end = clock.nanoTime() + nanos;
        lock.lockInterruptibly();
        try {
            for (long left = nanos; !waiter.isCalled(closed) && left > 0; left = end - clock.nanoTime()) {
                clock.await(changed, left);
            }
            waiter.told = false;
            return !closed && !waiter.rerouted;
        } finally {
            lock.unlock();
        }
    }

    private Claimed claimed(List<Lane> lanes, int count, Duration lease) {
        Lane any = lanes.getFirst();
        if (paused.test(new TenantQueue(any.tenant(), any.queue()))) {
            return Claimed.NOTHING;
        }
        long now = clock.nanoTime();
        boolean withSuspects = suspects.mayAsk(now);
        Lease handedOut = null;
        try {
            ClaimRequest request = new ClaimRequest(
                    UUID.randomUUID(), worker.getAsInt(), lanes, count, MOST_BYTES, lease, withSuspects);
            Claimed claimed = asked(() -> store.claim(request));
            failed = false;
            handedOut =
                    claimed.leases().stream().filter(Lease::suspect).findFirst().orElse(null);
            return claimed;
        } catch (StoreException e) {
            failedAt = clock.nanoTime();
            failed = true;
            throw e;
        } finally {
            if (withSuspects) {
                suspects.answered(handedOut, now + lease.toNanos());
            }
        }
    }

    /** Again with the same question if the answer was lost. */
    private static <T> T asked(Supplier<T> question) {
        for (int i = 1; ; i++) {
            try {
                return question.get();
            } catch (StoreException e) {
                if (e.effect() == Effect.NONE || i == TRIES) {
                    throw e;
                }
            }
        }
    }

    List<Settled> settle(List<Settlement> settlements) {
        List<Settled> answers = store.settle(settlements);
        answers.forEach(each -> suspects.settled(each.lease(), each.job()));
        return answers;
    }

    /**
     * Those of the leases that are still held.
     *
     * @throws StoreException if one could not be renewed, since another call had hold of it for too long
     */
    Set<LeaseId> renew(List<LeaseId> leases, Duration lease) {
        Set<LeaseId> renewed = new HashSet<>();
        List<LeaseId> left = leases;
        for (int i = 1; !left.isEmpty(); i++) {
            long end = clock.nanoTime() + lease.toNanos();
            List<LeaseId> busy = new ArrayList<>();
            for (Renewed each : store.renew(left, lease)) {
                switch (each.answer()) {
                    case RENEWED -> {
                        renewed.add(each.lease());
                        suspects.renewed(each.lease(), end);
                    }
                    case BUSY -> busy.add(each.lease());
                    case GONE -> {
                        // Not the caller's any more.
                    }
                }
            }
            left = busy;
            if (!left.isEmpty()) {
                if (i == BUSY_TRIES) {
                    throw new StoreException(
                            "What was taken could not be extended: another call for the same jobs is not done. Ask"
                                    + " again.",
                            Effect.UNKNOWN,
                            null);
                }
                LockSupport.parkNanos(BUSY_PAUSE.toNanos());
            }
        }
        return renewed;
    }

    /** Ends the waits, with nothing. What was taken stays its taker's. May be called twice. */
    @Override
    public void close() {
        changing(() -> {
            closed = true;
            changed.signalAll();
        });
    }

    /** Guarded by the lock. */
    private static final class Waiter {
        private final List<Lane> lanes;
        private boolean told;
        private boolean rerouted;

        Waiter(List<Lane> lanes) {
            this.lanes = lanes;
        }

        boolean isCalled(boolean closed) {
            return closed || told || rerouted;
        }
    }
}
