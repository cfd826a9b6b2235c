package dev.leat.server.events;

import dev.leat.engine.observe.JobEvent;
import dev.leat.wire.JobEventView;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The last events of this process, numbered without gaps. Readers keep their own place in it, so that a slow one costs
 * nothing; one that falls too far behind is told that it missed some. Thread-safe.
 */
public final class EventLog {
    /** How many events are kept. */
    public static final int KEPT = 1 << 16;

    private final String epoch = HexFormat.of().toHexDigits(new SecureRandom().nextInt());
    private final Supplier<Instant> time;
    private final JobEventView[] ring = new JobEventView[KEPT];
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    /** How many events there ever were; the number of the last one. */
    private long last;

    /** How many changes there were, those without an event too. */
    private long changes;

    private boolean closed;

    /** @param time the store's, as well as it is known here */
    public EventLog(Supplier<Instant> time) {
        this.time = time;
    }

    /** Keeps what concerns a single job; everything else only counts as a change. */
    public void add(List<JobEvent> events) {
        Instant now = time.get();
        lock.lock();
        try {
            for (JobEvent event : events) {
                changes++;
                if (event instanceof JobEvent.Entered entered) {
                    ring[(int) (last++ % KEPT)] = new JobEventView(
                            entered.job(),
                            entered.lane().queue(),
                            entered.lane().kind(),
                            entered.state(),
                            now);
                }
            }
            added.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The place behind all events so far. */
    public long end() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    /** A number that grows with every change of a job that this process made. */
    public long changes() {
        lock.lock();
        try {
            return changes;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The events behind a place, oldest first.
     *
     * @param after the number of the last event that the reader has
     * @param max the most events
     */
    public Batch after(long after, int max) {
        lock.lock();
        try {
            boolean missed = after < last - KEPT || after > last;
            long from = missed ? last : after;
            List<JobEventView> events = new ArrayList<>();
            for (long i = from; i < last && events.size() < max; i++) {
                events.add(ring[(int) (i % KEPT)]);
            }
            return new Batch(from, events, missed);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there are events behind a place, at most that long. Returns false once the log is closed. */
    public boolean await(long after, long millis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lockInterruptibly();
        try {
            while (!closed && last <= after && left > 0) {
                left = added.awaitNanos(left);
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Has all who wait return. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            added.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A place as text that a client can give back, in this process's life or after it. */
    public String id(long number) {
        return epoch + "-" + number;
    }

    /** The place that {@link #id} wrote; -1 if that was another process, or it is no place at all. */
    public long place(String id) {
        int dash = id.indexOf('-');
        String number = id.substring(dash + 1);
        boolean ours = dash >= 0
                && id.substring(0, dash).equals(epoch)
                && number.length() <= 18
                && !number.isEmpty()
                && number.chars().allMatch(c -> c >= '0' && c <= '9');
        return ours ? Long.parseLong(number) : -1;
    }

    /**
     * Events in a row.
     *
     * @param after the number of the event before the first
     * @param missed whether events behind the reader's place are gone; it must read everything anew
     */
    public record Batch(long after, List<JobEventView> events, boolean missed) {}
}
