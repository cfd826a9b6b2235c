package dev.leat.ids;

import dev.leat.engine.id.MonotonicClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;

/** A process's own clock that runs at another speed than time does, and jumps when told. */
final class JumpingClock implements MonotonicClock {
    private final double speed;
    private final AtomicLong jumped = new AtomicLong();

    /** @param speed 1 to be right; more to run fast */
    JumpingClock(double speed) {
        this.speed = speed;
    }

    void jump(Duration by) {
        jumped.addAndGet(by.toNanos());
    }

    @Override
    public long nanoTime() {
        return (long) (MonotonicClock.SYSTEM.nanoTime() * speed) + jumped.get();
    }

    @Override
    public void await(Condition condition, long nanos) throws InterruptedException {
        MonotonicClock.SYSTEM.await(condition, (long) (nanos / speed));
    }
}
