package dev.leat.verify.simulation;

import dev.leat.engine.id.MonotonicClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.function.Consumer;

/** The clock of a simulated world: that of its store, and its processes' monotonic one. Moves only when it is told to. */
public final class VirtualClock implements InstantSource, MonotonicClock {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final List<Consumer<Duration>> followers = new ArrayList<>();
    private long nanos;
    private long ahead;

    /** Has a store's clock that is not this one follow: it is told by how much it is to be ahead of what it shows by itself. */
    public void onAdvance(Consumer<Duration> total) {
        followers.add(total);
    }

    /** Time passes, everywhere. */
    void advance(Duration by) {
        nanos += by.toNanos();
        tell();
    }

    /** The store's clock alone is set forward. */
    void jump(Duration by) {
        ahead += by.toNanos();
        tell();
    }

    private void tell() {
        Duration total = Duration.ofNanos(nanos + ahead);
        followers.forEach(follower -> follower.accept(total));
    }

    @Override
    public Instant instant() {
        return START.plusNanos(nanos + ahead);
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    /** Whoever waits lets the time pass. */
    @Override
    public void await(Condition condition, long time) {
        advance(Duration.ofNanos(time));
    }
}
