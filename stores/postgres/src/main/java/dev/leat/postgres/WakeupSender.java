package dev.leat.postgres;

import dev.leat.api.Lane;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells other processes that jobs became available: what gathers within some milliseconds, in one notification. On a thread and a
 * connection of its own, both made when they are first needed. Within the transaction of an enqueue, a notification would have
 * commits wait for one another.
 */
final class WakeupSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WakeupSender.class);
    /** What gathers within that is told together; and more, the more it is and the longer telling takes. */
    private static final long SHORTEST_GAP = Duration.ofMillis(1).toNanos();

    private static final long LONGEST_GAP = Duration.ofMillis(10).toNanos();
    /** At 10,000 jobs a second, and more, workers need no hurry. */
    private static final long GAP_PER_JOB = Duration.ofNanos(100_000).toNanos();
    /** The gap is so many times as long as the sending. */
    private static final int GAPS = 4;
    /**
     * How often it looks who listens, and while nobody does, tells nothing. Who begins to listen looks for jobs first, and misses
     * only what is told later.
     */
    private static final long LISTENERS_GAP = Duration.ofMillis(100).toNanos();

    private static final Duration LAST_WORD = Duration.ofSeconds(2);

    /** So many processes are told to look at once, and as many as there are jobs if those are more. */
    private static final int FEWEST = 8;

    private static final int MOST = 50;

    /** How often it looks whether what it enqueued was added up. */
    private static final long LOOK = Duration.ofSeconds(1).toNanos();

    private final Database database;
    private final Lanes lanes;
    private final WakeupChannel channel;
    private final Steps steps;
    private final Supplier<int[]> own;
    private final ConnectedThread thread;
    private final Set<Lane> where = ConcurrentHashMap.newKeySet();
    private final LongAdder jobs = new LongAdder();
    private final AtomicBoolean waiting = new AtomicBoolean();
    private volatile boolean anywhere;
    private volatile int backend;
    /** Who listened when it looked last, and when that was. */
    private List<Integer> listeners = List.of();

    private long lookedAt;

    /** @param own the backends by which this process itself listens */
    WakeupSender(
            PostgresConfig config,
            Database database,
            Lanes lanes,
            WakeupChannel channel,
            Steps steps,
            Supplier<int[]> own) {
        this.database = database;
        this.lanes = lanes;
        this.channel = channel;
        this.steps = steps;
        this.own = own;
        thread = new ConnectedThread("leat-wakeup-sender", config, this::run);
    }

    /** Returns at once. The lanes must be interned. */
    void tell(Collection<Lane> of, int number) {
        where.addAll(of);
        jobs.add(number);
        wake();
    }

    /** That jobs may be anywhere. */
    void tellAnywhere() {
        anywhere = true;
        wake();
    }

    private void wake() {
        if (!waiting.get() && !waiting.getAndSet(true)) {
            thread.start();
            thread.wake();
        }
    }

    /** Sees to it that they are added up, by its own thread, since nothing is told. */
    void expectSteps() {
        if (!steps.areExpected()) {
            steps.expect();
            thread.start();
            thread.wake();
        }
    }

    /** The backend that its notifications come from; 0 if there is none now. */
    int backend() {
        return backend;
    }

    private void run() {
        int failures = 0;
        while (waiting.get() || !thread.isEnding()) {
            if (!waiting.getAndSet(false)) {
                rest();
                continue;
            }
            try {
                long gap = send();
                steps.expect();
                failures = 0;
                thread.pause(gap);
                addUp();
            } catch (SQLException | RuntimeException e) {
                if (thread.isEnding()) {
                    return;
                }
                failures++;
                LOG.debug("others could not be told of jobs, {} times now", failures, e);
                thread.disconnect();
                backend = 0;
                tellAnywhere();
                thread.pauseAfter(failures);
            }
        }
    }

    private void rest() {
        if (steps.areExpected()) {
            thread.pauseAtMost(LOOK);
            addUp();
        } else {
            thread.pause();
        }
    }

    private void addUp() {
        if (!thread.isEnding()) {
            steps.addUpIfOverdue();
        }
    }

    /** Returns how long to wait before the next. */
    private long send() throws SQLException {
        long began = System.nanoTime();
        boolean unknown = anywhere;
        anywhere = false;
        long number = jobs.sumThenReset();
        List<Lane> told = List.copyOf(where);
        told.forEach(where::remove);
        Connection connection = thread.connected();
        int pid = connection.unwrap(PGConnection.class).getBackendPID();
        if (pid != backend || listeners.isEmpty() || began - lookedAt >= LISTENERS_GAP) {
            look(connection);
        }
        backend = pid;
        if (listeners.isEmpty()) {
            return LISTENERS_GAP;
        }
        List<Integer> of =
                unknown ? List.of() : told.stream().map(lanes::number).toList();
        database.call(connection, "notify")
                .set("channel", channel.name())
                .set("text", WakeupText.of(of, chosen(unknown ? MOST : Math.clamp(number, FEWEST, MOST))))
                .rows(row -> true);
        long took = System.nanoTime() - began;
        return Math.clamp(Math.max(number * GAP_PER_JOB, GAPS * took), SHORTEST_GAP, LONGEST_GAP);
    }

    private void look(Connection connection) throws SQLException {
        listeners = database.call(connection, "listeners")
                .set("listeners", channel.listeners())
                .array("own", "int4", own.get())
                .rows(row -> row.getInt("pid"));
        lookedAt = System.nanoTime();
    }

    /** Who is to look at once, by lot: none for all. The others wait a moment. */
    private List<Integer> chosen(int most) {
        if (listeners.size() <= most) {
            return List.of();
        }
        List<Integer> drawn = new ArrayList<>(listeners);
        Collections.shuffle(drawn, ThreadLocalRandom.current());
        return drawn.subList(0, most);
    }

    /** Sends what waits, if that takes but a moment. */
    @Override
    public void close() {
        thread.end(LAST_WORD);
    }
}
