package dev.leat.postgres;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Adds up the steps in which jobs are counted, so that who wants to know how many there are has few to read. */
final class Steps {
    private static final int MOST = 50_000;

    private static final long SHORTEST_PAUSE = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(16);

    /** The pause is so many times as long as the work, which grows while an old snapshot keeps what was added up. */
    private static final int PAUSES = 20;

    private final Database database;
    private final AtomicLong due = new AtomicLong(System.nanoTime());
    private volatile long pause = SHORTEST_PAUSE;

    Steps(Database database) {
        this.database = database;
    }

    /** Does nothing most of the time; and while there is nothing to add up, ever less often. */
    void addUpIfDue() {
        long now = System.nanoTime();
        long was = due.get();
        if (now - was < 0 || !due.compareAndSet(was, now + LONGEST_PAUSE)) {
            return;
        }
        int added = database.statement(connection -> database.call(connection, "add_up")
                .set("max_steps", MOST)
                .rows(row -> row.getInt("steps"))
                .getFirst());
        long took = System.nanoTime() - now;
        pause = added > 0 ? SHORTEST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
        due.set(System.nanoTime() + Math.max(pause, PAUSES * took));
    }
}
