package dev.leat.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The clock of a test: real time plus an offset that only {@link #advance} moves, so it agrees with a server's clock that is
 * given the same offset. It never runs backwards, and may be read and advanced by any number of threads.
 *
 * <p>Since real time flows too, a test asks for lengths of time that only {@link #advance} can cross, such as an hour.
 */
public final class StoreClock implements InstantSource {
    private final InstantSource wall = InstantSource.system();
    private final List<Consumer<Duration>> followers = new CopyOnWriteArrayList<>();
    private final AtomicReference<Instant> latest = new AtomicReference<>(Instant.MIN);
    private volatile Duration offset = Duration.ZERO;

    @Override
    public Instant instant() {
        Instant now = wall.instant().plus(offset);
        return latest.accumulateAndGet(now, (before, after) -> before.isAfter(after) ? before : after);
    }

    /** How far the clock is ahead of real time. */
    public Duration offset() {
        return offset;
    }

    /**
     * Moves the clock forward. When this returns, every follower knows of it.
     *
     * @param by not negative
     */
    public synchronized void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("the clock never runs backwards: " + by);
        }
        offset = offset.plus(by);
        followers.forEach(follower -> follower.accept(offset));
    }

    /**
     * Has a store on a server follow: it is told the whole {@link #offset} now and after each {@link #advance}, on the
     * thread that advances.
     */
    public synchronized void onAdvance(Consumer<Duration> totalOffset) {
        totalOffset.accept(offset);
        followers.add(totalOffset);
    }
}
