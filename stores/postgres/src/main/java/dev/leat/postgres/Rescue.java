package dev.leat.postgres;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Decides when a search that goes on where the last one had come to starts from the beginning, for what was committed behind
 * that mark: when the last search found too little, and once a second on a busy store, as long as such searches take no more
 * than about a fiftieth of the time, if none takes longer than 0.4 s. So where they take long, as they do while an old snapshot is
 * held, a busy store makes few of its claims like that. Thread-safe.
 */
final class Rescue {
    private static final int SHARE = 50;
    private static final long MOST_CREDIT = TimeUnit.MILLISECONDS.toNanos(400);
    /** So that nothing, such as a server that stood still, keeps searches away for more than twenty seconds. */
    private static final long LEAST_CREDIT = -MOST_CREDIT;

    private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);
    /** What any search takes. */
    private static final long FREE = TimeUnit.MILLISECONDS.toNanos(1);

    private final LongSupplier clock;
    private long credit = MOST_CREDIT;
    private long countedAt;
    private long searchedAt;
    private boolean cameShort = true;

    /** @param clock of this process, in nanoseconds */
    Rescue(LongSupplier clock) {
        this.clock = clock;
        countedAt = clock.getAsLong();
        searchedAt = countedAt;
    }

    /** Whether the next search is to start from the beginning. */
    synchronized boolean isDue() {
        return cameShort ? isAffordable() : isOverdue();
    }

    /** Whether there was none for a second. */
    synchronized boolean isOverdue() {
        return clock.getAsLong() - searchedAt >= PAUSE && isAffordable();
    }

    synchronized boolean isAffordable() {
        long now = clock.getAsLong();
        credit = Math.min(MOST_CREDIT, credit + (now - countedAt) / SHARE);
        countedAt = now;
        return credit > 0;
    }

    /** What it took to search from the beginning, whether or not it succeeded. */
    synchronized void took(long nanos) {
        credit = Math.max(LEAST_CREDIT, credit - Math.max(0, nanos - FREE));
        searchedAt = clock.getAsLong();
    }

    /** Whether the last search found less than was wanted. */
    synchronized void cameShort(boolean didIt) {
        cameShort = didIt;
    }
}
