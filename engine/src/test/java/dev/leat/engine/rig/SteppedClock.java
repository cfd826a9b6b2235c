package dev.leat.engine.rig;

import dev.leat.engine.id.MonotonicClock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.function.Consumer;

/** A process's clock that stands still until a test advances it, and tells the test who waits for how long. */
public final class SteppedClock implements MonotonicClock {
    /** How soon a waiting thread sees that the clock was advanced. */
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(2);

    // Starts where sums overflow.
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final BlockingQueue<Duration> waits = new LinkedBlockingQueue<>();
    private final Map<Thread, Long> ends = new ConcurrentHashMap<>();
    private final AtomicLong looks = new AtomicLong();
    private volatile Consumer<Duration> onWait = waits::add;

    public void advance(Duration by) {
        now.addAndGet(by.toNanos());
    }

    /** Called on the thread that is about to wait, with the time it wants to wait; may advance the clock. */
    public void onWait(Consumer<Duration> what) {
        onWait = what;
    }

    /** How long the next wait, of any thread, is to be; returns when it is asked for. */
    public Duration nextWait() throws InterruptedException {
        Duration wait = waits.poll(30, TimeUnit.SECONDS);
        if (wait == null) {
            throw new AssertionError("nobody waits");
        }
        return wait;
    }

    /** How often somebody waited or looked again whether the time has come. */
    public long looks() {
        return looks.get();
    }

    @Override
    public long nanoTime() {
        return now.get();
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // the caller asks again
    public void await(Condition condition, long nanos) throws InterruptedException {
        // Returns early, as it may: whoever asks again for the rest of the same wait does not begin a new one.
        long end = now.get() + nanos;
        looks.incrementAndGet();
        if (!Long.valueOf(end).equals(ends.put(Thread.currentThread(), end))) {
            onWait.accept(Duration.ofNanos(nanos));
        }
        if (end - now.get() > 0) {
            condition.awaitNanos(LOOK);
        }
    }
}
