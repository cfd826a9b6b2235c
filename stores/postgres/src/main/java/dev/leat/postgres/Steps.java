package dev.leat.postgres;

import dev.leat.api.StoreException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds up the steps in which jobs are counted, so that who wants to know how many there are has few to read. Whoever reclaims does it, and
 * where nobody does, such as in a process that only enqueues, whoever tells others of jobs.
 */
final class Steps {
    private static final Logger LOG = LoggerFactory.getLogger(Steps.class);
    private static final int MOST = 50_000;

    private static final long SHORTEST_PAUSE = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(16);

    /** The pause is so many times as long as the work, which grows while an old snapshot keeps what was added up. */
    private static final int PAUSES = 20;

    /** So long nobody who reclaims leaves what is due. */
    private static final long OVERDUE = TimeUnit.SECONDS.toNanos(2);

    private final Database database;
    private final AtomicLong due = new AtomicLong(System.nanoTime());
    private volatile long pause = SHORTEST_PAUSE;
    private volatile boolean expected;

    Steps(Database database) {
        this.database = database;
    }

    /** There are steps now, or will be soon. */
    void expect() {
        expected = true;
    }

    /** Whether there may be any. */
    boolean areExpected() {
        return expected;
    }

    /** Does nothing most of the time; and while there is nothing to add up, ever less often. A failure is told to people alone. */
    void addUpIfDue() {
        addUpIfDueFor(0);
    }

    /** The same, and nothing where somebody reclaims. */
    void addUpIfOverdue() {
        addUpIfDueFor(OVERDUE);
    }

    private void addUpIfDueFor(long time) {
        long now = System.nanoTime();
        long was = due.get();
        if (now - was < time || !due.compareAndSet(was, now + LONGEST_PAUSE)) {
            return;
        }
        try {
            addUp(now);
        } catch (StoreException e) {
            LOG.warn("how many jobs there are was not added up, and takes longer to find out: {}", e.getMessage());
        }
    }

    private void addUp(long now) {
        int added = database.statement(connection -> database.call(connection, "add_up")
                .set("max_steps", MOST)
                .rows(row -> row.getInt("steps"))
                .getFirst());
        long took = System.nanoTime() - now;
        expected = added > 0;
        pause = added > 0 ? SHORTEST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
        due.set(System.nanoTime() + Math.max(pause, PAUSES * took));
    }
}
