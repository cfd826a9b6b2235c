package dev.leat.sqlite;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The connections that read, each as of one moment, and never wait for the writer. At most so many; made when wanted. Thread-safe. */
final class Readers implements AutoCloseable {
    /** How long a caller waits for a connection. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Database database;
    private final Semaphore permits;
    private final Deque<Session> idle = new ArrayDeque<>();
    private boolean closed;

    Readers(Database database, int most) {
        this.database = database;
        permits = new Semaphore(most, true);
    }

    interface Work<T> {
        T run(Session session) throws SQLException;
    }

    /** @throws StoreException if the file cannot be read */
    <T> T read(Work<T> work) {
        acquire();
        Session session = null;
        boolean fit = false;
        try {
            session = taken();
            session.execute("begin");
            T result = work.run(session);
            session.execute("rollback");
            fit = true;
            return result;
        } catch (SQLException e) {
            throw Trouble.exception(database.file(), e, Effect.NONE);
        } finally {
            if (session != null) {
                giveBack(session, fit);
            }
            permits.release();
        }
    }

    private void acquire() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    if (permits.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        return;
                    }
                    throw new StoreException(
                            "all connections that read SQLite file " + database.file() + " were taken for "
                                    + PATIENCE.toSeconds() + " s; read less at once, or allow more of them",
                            Effect.NONE,
                            null);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Session taken() throws SQLException {
        synchronized (this) {
            if (closed) {
                throw new StoreException("SQLite file " + database.file() + " is closed", Effect.NONE, null);
            }
            Session session = idle.poll();
            if (session != null) {
                return session;
            }
        }
        return database.reader();
    }

    private void giveBack(Session session, boolean fit) {
        synchronized (this) {
            if (fit && !closed) {
                idle.push(session);
                return;
            }
        }
        close(session);
    }

    @Override
    public void close() {
        Session last;
        synchronized (this) {
            closed = true;
            last = idle.poll();
        }
        while (last != null) {
            close(last);
            synchronized (this) {
                last = idle.poll();
            }
        }
    }

    private static void close(@Nullable Session session) {
        try {
            if (session != null) {
                session.close();
            }
        } catch (SQLException e) {
            // It only read; nothing of it is lost.
        }
    }
}
