package dev.leat.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread with a connection of its own, outside the pool. Started once, and ended once and for all. */
final class ConnectedThread {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectedThread.class);
    private static final long FIRST_BACKOFF = Duration.ofMillis(100).toNanos();
    private static final long LONGEST_BACKOFF = Duration.ofSeconds(5).toNanos();
    private static final Duration LAST_MOMENT = Duration.ofSeconds(2);

    private final PostgresConfig config;
    private final Thread thread;
    private boolean started;
    private volatile boolean ending;
    private volatile @Nullable Connection connection;

    ConnectedThread(String name, PostgresConfig config, Runnable work) {
        this.config = config;
        thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> {
            try {
                work.run();
            } finally {
                disconnect();
            }
        });
    }

    synchronized void start() {
        if (!started && !ending) {
            started = true;
            thread.start();
        }
    }

    boolean isEnding() {
        return ending;
    }

    /** Ends a pause. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Until it is woken or ended, or perhaps for no reason. By the thread itself, as all below but {@link #end}. */
    void pause() {
        if (!ending) {
            LockSupport.park(this);
        }
    }

    /** The same, and no longer than that. */
    void pauseAtMost(long nanos) {
        if (!ending) {
            LockSupport.parkNanos(this, nanos);
        }
    }

    /** For that long, also if it is woken, unless it is ended. */
    void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0 && !ending; left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }

    /** Longer each time, up to some seconds. */
    void pauseAfter(int failures) {
        double grown = FIRST_BACKOFF * Math.pow(2, Math.min(failures, 30) - 1.0);
        pause((long) (Math.min(grown, (double) LONGEST_BACKOFF)
                * (0.5 + ThreadLocalRandom.current().nextDouble() / 2)));
    }

    /** The connection that is open, or a new one. */
    Connection connected() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = PlainConnection.to(config);
            connection = open;
            if (ending) {
                // It was not there yet to be cut.
                throw new SQLException("ended");
            }
        }
        return open;
    }

    void disconnect() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.debug("a connection that is given up could not be closed", e);
            }
        }
    }

    /** Lets the thread finish what it does if that takes but a moment, then cuts its connection. */
    void end(Duration patience) {
        synchronized (this) {
            ending = true;
            if (!started || thread.equals(Thread.currentThread())) {
                return;
            }
        }
        wake();
        try {
            if (!thread.join(patience)) {
                cut();
                thread.join(LAST_MOMENT);
            }
        } catch (InterruptedException e) {
            cut();
            Thread.currentThread().interrupt();
        }
    }

    private void cut() {
        Connection open = connection;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("a connection was closed before it could be cut", e);
            }
        }
    }
}
