package dev.leat.engine.id;

import dev.leat.api.JobId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;

/** Time that passes only when a test says so, or when somebody waits for it; and clocks that show it rightly or wrongly. */
final class FakeTime implements InstantSource {
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private final AtomicLong passed = new AtomicLong();
    private final AtomicLong storeError = new AtomicLong();

    void advance(Duration by) {
        passed.addAndGet(by.toNanos());
    }

    /** Makes the store's clock show another time from now on. */
    void jumpStore(Duration by) {
        storeError.addAndGet(by.toNanos());
    }

    /** What the store's clock shows. */
    @Override
    public Instant instant() {
        return START.plusNanos(passed.get() + storeError.get());
    }

    /** The second since 2024 that the store's clock shows. */
    long second() {
        return instant().getEpochSecond() - JobId.EPOCH_SECOND;
    }

    NodeClock nodeClock() {
        return new NodeClock();
    }

    /** A node's own clock. Who waits by it makes the time pass. */
    final class NodeClock implements MonotonicClock {
        // Starts anywhere, so that sums overflow.
        private final AtomicLong error = new AtomicLong(Long.MAX_VALUE - 5);
        private volatile Runnable onWait = () -> {};

        void jump(Duration by) {
            error.addAndGet(by.toNanos());
        }

        void onWait(Runnable what) {
            onWait = what;
        }

        @Override
        public long nanoTime() {
            return passed.get() + error.get();
        }

        @Override
        public void await(Condition condition, long nanos) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            passed.addAndGet(nanos);
            onWait.run();
        }
    }
}
