package dev.leat.verify.simulation;

import dev.leat.engine.id.MonotonicClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.Condition;

/** The clock of a simulated world: that of its store, and its processes' monotonic one. Moves only when it is told to. */
public final class VirtualClock implements InstantSource, MonotonicClock {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private long nanos;
    private long ahead;

    /** Time passes, everywhere. */
    void advance(Duration by) {
        nanos += by.toNanos();
    }

    /** The store's clock alone is set forward. */
    void jump(Duration by) {
        ahead += by.toNanos();
    }

    @Override
    public Instant instant() {
        return START.plusNanos(nanos + ahead);
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public void await(Condition condition, long time) {
        throw new UnsupportedOperationException("nobody waits in a simulation");
    }
}
