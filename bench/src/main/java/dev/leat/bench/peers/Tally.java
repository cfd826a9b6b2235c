package dev.leat.bench.peers;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** Which jobs of a series ran, and when. A job that runs twice is counted and not hidden. Thread-safe. */
final class Tally {
    private final int first;
    private final AtomicLongArray started;
    private final CountDownLatch left;
    private final AtomicLong firstStart = new AtomicLong();
    private final AtomicInteger again = new AtomicInteger();

    Tally(int first, int count) {
        this.first = first;
        started = new AtomicLongArray(count);
        left = new CountDownLatch(count);
    }

    /** To be called by the handler, first of all. */
    void ran(Payload payload) {
        long now = System.nanoTime();
        int i = payload.n() - first;
        if (i < 0 || i >= started.length()) {
            throw new IllegalStateException("job " + payload.n() + " is not of this series");
        }
        if (started.compareAndSet(i, 0, now)) {
            firstStart.compareAndSet(0, now);
            left.countDown();
        } else {
            again.incrementAndGet();
        }
    }

    void awaitAll() throws InterruptedException {
        left.await();
    }

    int count() {
        return started.length();
    }

    int ran() {
        return (int) (count() - left.getCount());
    }

    int again() {
        return again.get();
    }

    /** When the first of them started, by {@link System#nanoTime}. To be asked when one has. */
    long firstStartNanos() {
        return firstStart.get();
    }

    /** By {@link System#nanoTime}; of the i-th job of the series, which ran. */
    long startedNanos(int i) {
        return started.get(i);
    }
}
