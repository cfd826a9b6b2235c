package dev.leat.engine.id;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands out job ids, each at most once in the cluster's life, in runs without a gap, in increasing order.
 *
 * <p>An id's second is the store's present one, as well as it is known here, and at most {@value Tenure#MAX_AHEAD} s later;
 * the rest of a second that has too little room for a run is skipped. So a node makes at most 1,048,576 ids a second for
 * long; {@link #next} waits when more are asked for, when the store's clock went back, and while no node number is
 * confirmed. It does no I/O, so what it promises holds also while the store is away.
 *
 * <p>May be used by any number of threads. Fed and ended by its {@link NodeLease}.
 */
public final class IdSource {
    /** The longest run: all ids of a second. */
    public static final int MOST = JobId.MAX_COUNTER + 1;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final MonotonicClock clock;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private volatile Tenure tenure = Tenure.none();
    /** What to add to the clock to get the store's time, in nanoseconds since 2024. */
    private volatile long offset;

    private volatile boolean stopped;
    private volatile @Nullable StoreException lastFailure;

    IdSource(MonotonicClock clock, Duration patience) {
        this.clock = clock;
        this.patience = patience;
    }

    /**
     * Takes a run of ids, greater than all that were taken before the call.
     *
     * @param count 1 to {@link #MOST}
     * @throws StoreException without effect, if none can be made within the settings' patience; it says why. Also if the
     *     thread is interrupted while it waits, which then stays so
     */
    public IdRun next(int count) {
        Checks.range("count", count, 1, MOST);
        long first = take(count);
        return new IdRun(first == Tenure.REFUSED ? await(count) : first, count);
    }

    private long take(int count) {
        return tenure.take(count, Math.floorDiv(storeNanos(), SECOND));
    }

    private long await(int count) {
        lock.lock();
        try {
            long start = clock.nanoTime();
            long first = take(count);
            while (first == Tenure.REFUSED) {
                long left = patience.toNanos() - (clock.nanoTime() - start);
                if (left <= 0 || stopped) {
                    throw refusal();
                }
                // Only a new second or news from the lease can help.
                clock.await(changed, Math.min(left, SECOND - Math.floorMod(storeNanos(), SECOND)));
                first = take(count);
            }
            return first;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("Interrupted while waiting for a job id.", StoreException.Effect.NONE, e);
        } finally {
            lock.unlock();
        }
    }

    private long storeNanos() {
        return clock.nanoTime() + offset;
    }

    private StoreException refusal() {
        Tenure held = tenure;
        long now = Math.floorDiv(storeNanos(), SECOND);
        StoreException failure = lastFailure;
        String waited = " (waited " + patience.toSeconds() + " s)";
        String why;
        if (stopped) {
            why = "This node has stopped and given its node number back: enqueue through one that runs.";
        } else if (held.hasEnded()) {
            why = "No job id can be made: this node holds no node number" + waited
                    + ". Check that the control store answers; ids go on by themselves when it does.";
        } else if (held.until() <= now + Tenure.MAX_AHEAD) {
            why = "No job id can be made: the lease on this node's number ended " + (now - held.until())
                    + " s ago by the store's clock and was not renewed" + waited
                    + ". Check that the control store answers; ids go on by themselves when it does.";
        } else {
            why = "No job id can be made" + waited + ": those of the next " + Tenure.MAX_AHEAD
                    + " s are taken. If fewer than 1,048,576 a second are asked of this node, then the store's clock"
                    + " went back: set it right, or restart this process, which then takes a number that has not been"
                    + " ahead.";
        }
        String last = failure == null ? "" : " Last failure: " + failure.getMessage();
        return new StoreException(why + last, StoreException.Effect.NONE, failure);
    }

    /** Tells the store's time; read before the clock is, so that the store's time is never thought later than it is. */
    void pace(Instant storeTime) {
        long nanos = Duration.between(Instant.ofEpochSecond(JobId.EPOCH_SECOND), storeTime)
                .toNanos();
        offset = nanos - clock.nanoTime();
    }

    /** Goes on with a new tenure. Its first second is behind all in which ids were made here. */
    void hold(Tenure next) {
        tenure = next;
    }

    /** Says that something has got better: whoever waits tries again. */
    void recovered() {
        lastFailure = null;
        wake();
    }

    void failed(StoreException failure) {
        lastFailure = failure;
    }

    void stop() {
        stopped = true;
        wake();
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
