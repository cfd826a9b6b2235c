package dev.leat.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work on pooled connections, and tells of each failure whether it may have taken effect.
 *
 * <p>A deadlock or serialisation failure has undone everything, so the work is run again, a few times. So has a key that
 * another call took at the same moment: two claims with one claim id, of which the second then finds the leases of the first.
 */
final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    /**
     * Generic plans: these statements are the same whatever their parameters, and planning them costs more than running
     * them. Such a plan may be made while a table is tiny, and must not scan it whole or sort what an index has in order
     * once it has grown. JIT would compile for far longer than any of them runs. And each statement sees what was committed when
     * it had its locks, whatever the role's default is.
     */
    private static final String SESSION =
            "set default_transaction_isolation = 'read committed'; set plan_cache_mode = force_generic_plan; set"
                    + " enable_seqscan = off; set enable_bitmapscan = off; set enable_memoize = off; set jit = off; set"
                    + " lock_timeout = '10s'; set statement_timeout = '60s'";

    private static final Set<String> UNDONE = Set.of("40001", "40P01", "23505");
    private static final Set<String> BROKEN = Set.of("57P01", "57P02", "57P03", "57014", "53300");
    private static final Set<String> HINDERED = Set.of("55P03", "57014", "40P01");
    private static final Set<String> ENDING = Set.of("FATAL", "PANIC");
    private static final Set<String> ENDING_CLASSES = Set.of("53", "58", "XX");
    private static final int TRIES = 5;
    private static final long HURRIED = TimeUnit.SECONDS.toNanos(5);
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(200);

    private final String shownUrl;
    private final Statements statements;
    private final boolean pooled;
    private final HikariDataSource pool;
    /** The connections at work, and since when. */
    private final Map<Connection, Long> busy = new ConcurrentHashMap<>();

    Database(PostgresConfig config, Statements statements) {
        shownUrl = config.shownUrl();
        this.statements = statements;
        pooled = isPooled(config);
        HikariConfig hikari = new HikariConfig();
        hikari.setPoolName("leat-postgres");
        hikari.setJdbcUrl(config.url());
        hikari.setUsername(config.user());
        hikari.setPassword(config.password());
        hikari.setMaximumPoolSize(config.connections());
        hikari.setMinimumIdle(1);
        hikari.setConnectionTimeout(5_000);
        hikari.setInitializationFailTimeout(1); // at once: neither a wrong password nor a wrong port mends itself
        if (pooled) {
            // A session is not ours alone: nothing may be set in it, nor be kept prepared.
            hikari.addDataSourceProperty("prepareThreshold", "0");
        } else {
            hikari.setConnectionInitSql(SESSION);
        }
        hikari.addDataSourceProperty("ApplicationName", "leat");
        hikari.addDataSourceProperty("connectTimeout", "5");
        hikari.addDataSourceProperty("socketTimeout", "90");
        hikari.addDataSourceProperty("tcpKeepAlive", "true");
        pool = connected(hikari);
    }

    private boolean isPooled(PostgresConfig config) {
        try {
            return Pooler.isBetween(config);
        } catch (SQLException e) {
            throw failure(new NotConnected(e), Effect.NONE);
        }
    }

    /** Whether a pooler in between hands each transaction to another session. */
    boolean isPooled() {
        return pooled;
    }

    private HikariDataSource connected(HikariConfig hikari) {
        try {
            return new HikariDataSource(hikari);
        } catch (PoolInitializationException e) {
            throw failure(new NotConnected(new SQLException(e)), Effect.NONE);
        } catch (RuntimeException e) {
            throw new StoreException("the URL of PostgreSQL at " + shownUrl + " cannot be used", Effect.NONE, e);
        }
    }

    /** One statement that commits by itself. If the connection breaks, whether it took effect is unknown. */
    <T> T statement(Work<T> work) {
        return committing(work, e -> isBroken(e) ? Effect.UNKNOWN : Effect.NONE);
    }

    /** Several statements that each commit by themselves, so that any failure leaves the effect of the whole unknown. */
    <T> T statements(Work<T> work) {
        return committing(work, e -> Effect.UNKNOWN);
    }

    private <T> T committing(Work<T> work, Function<SQLException, Effect> effect) {
        return retried(() -> {
            try {
                return on(work);
            } catch (SQLException e) {
                throw e instanceof NotConnected ? e : new Failed(e, effect.apply(e));
            }
        });
    }

    /** What follows on something that took effect: of the whole, a failure then leaves the effect unknown. */
    static <T> T afterEffect(Supplier<T> rest) {
        try {
            return rest.get();
        } catch (StoreException e) {
            throw new StoreException(String.valueOf(e.getMessage()), Effect.UNKNOWN, e);
        }
    }

    /**
     * Two calls at once, on a connection each: the server has a process for each of them. Whichever fails, both are over, unless
     * the caller was interrupted; and the effect of the whole is unknown.
     */
    static <A, B, T> T together(Supplier<A> first, Supplier<B> second, BiFunction<A, B, T> result) {
        FutureTask<A> besides = new FutureTask<>(first::get);
        Thread.ofVirtual().name("leat-postgres-besides").start(besides);
        FutureTask<B> here = new FutureTask<>(second::get);
        here.run();
        return afterEffect(() -> result.apply(result(besides), result(here)));
    }

    private static <T> T result(FutureTask<T> task) {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("the call was interrupted while it waited for PostgreSQL", Effect.UNKNOWN, e);
        }
    }

    /**
     * Several statements that read, and see the same moment. Since whoever moves jobs from a range to DEFAULT locks their
     * table first, that moment is chosen behind this lock: a moment before the move, seen through the tables as they are after
     * it, would be without these jobs.
     */
    <T> T snapshot(Work<T> work) {
        String lock = statements
                .get("partition_lock")
                .with(Map.of("table", "job", "mode", "access share"))
                .sql();
        return transaction(connection -> {
            try (Statement first = connection.createStatement()) {
                first.execute("set transaction isolation level repeatable read, read only;\n" + lock);
            }
            return work.on(connection);
        });
    }

    /** Several statements, all or none. Only a commit whose answer is lost leaves the effect unknown. */
    <T> T transaction(Work<T> work) {
        return retried(() -> on(connection -> {
            connection.setAutoCommit(false);
            T result;
            try {
                result = work.on(connection);
            } catch (Throwable e) {
                // Errors too: closed with its transaction open, a connection would commit it.
                undo(connection, e);
                throw e;
            }
            try {
                connection.commit();
            } catch (SQLException e) {
                throw new Failed(e, isBroken(e) ? Effect.UNKNOWN : Effect.NONE);
            }
            return result;
        }));
    }

    /**
     * As {@link #transaction}; empty, with nothing done, if a lock was not to be had or a statement took longer than it may. The
     * commit is such a statement too: one that the server says it has cancelled has changed nothing.
     */
    <T> Optional<T> unhindered(Work<T> work) {
        try {
            return Optional.of(transaction(work));
        } catch (StoreException e) {
            if (e.getCause() instanceof SQLException cause && HINDERED.contains(String.valueOf(cause.getSQLState()))) {
                LOG.debug("left for later: {}", cause.getMessage());
                return Optional.empty();
            }
            throw e;
        }
    }

    Instant time() {
        return statement(connection -> call(connection, "time")
                .rows(row -> row.getObject(1, OffsetDateTime.class).toInstant())
                .getFirst());
    }

    Call call(Connection connection, String name) {
        return new Call(connection, statements.get(name));
    }

    /** Of a statement about tables that are named only now: see {@link Statements.Statement#with}. */
    Call call(Connection connection, String name, Map<String, String> places) {
        return new Call(connection, statements.get(name).with(places));
    }

    /** With the parameters of both. */
    Call callThenClaim(Connection connection, String settle, String claim) {
        return new Call(connection, statements.thenClaim(settle, claim));
    }

    CopyIn copy(Connection connection, String name) throws SQLException {
        return connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn(statements.get(name).sql());
    }

    /** The failure of a statement that the caller's own transaction will undo. */
    StoreException failure(SQLException e) {
        return failure(e, Effect.NONE);
    }

    @Override
    public void close() {
        pool.close();
    }

    /** From now on a connection that is at work for longer than some seconds is cut, which fails its call. */
    void hurry() {
        Thread.ofPlatform().name("leat-postgres-hurry").daemon().start(() -> {
            while (!pool.isClosed()) {
                long now = System.nanoTime();
                busy.forEach((connection, since) -> {
                    if (now - since > HURRIED) {
                        cut(connection);
                    }
                });
                LockSupport.parkNanos(LOOK);
            }
        });
    }

    private static void cut(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("a connection was given back before it could be cut", e);
        }
    }

    private <T> T on(Work<T> work) throws SQLException {
        try (Connection connection = open()) {
            busy.put(connection, System.nanoTime());
            try {
                return work.on(connection);
            } finally {
                busy.remove(connection);
            }
        }
    }

    private Connection open() throws SQLException {
        try {
            return pool.getConnection();
        } catch (SQLException e) {
            throw new NotConnected(e);
        }
    }

    /** The pool sees for itself that a connection is cut, but not during a COPY; and then a rollback finds nothing to do. */
    private void undo(Connection connection, Throwable cause) {
        if (cause instanceof SQLException e && isCut(e)) {
            pool.evictConnection(connection);
            return;
        }
        try {
            connection.rollback();
        } catch (Throwable e) {
            pool.evictConnection(connection);
            cause.addSuppressed(e);
        }
    }

    private <T> T retried(Attempt<T> attempt) {
        for (int tried = 1; ; tried++) {
            try {
                return attempt.run();
            } catch (Failed e) {
                if (tried == TRIES || !UNDONE.contains(e.getSQLState())) {
                    throw failure(e.cause, e.effect);
                }
            } catch (SQLException e) {
                if (tried == TRIES || !UNDONE.contains(e.getSQLState())) {
                    throw failure(e, Effect.NONE);
                }
            }
        }
    }

    private StoreException failure(SQLException e, Effect effect) {
        String problem = isBroken(e)
                ? "PostgreSQL at " + shownUrl + " cannot be reached"
                : "PostgreSQL at " + shownUrl + " refused";
        String next = isBroken(e) ? "; check that the server runs and that host, port and credentials are right" : "";
        return new StoreException(problem + " (" + e.getMessage() + ")" + next, effect, e);
    }

    private static boolean isCut(SQLException e) {
        String state = e.getSQLState();
        return state == null || state.startsWith("08");
    }

    private static boolean isBroken(SQLException e) {
        String state = e.getSQLState();
        return isCut(e) || BROKEN.contains(state) || e instanceof NotConnected || hasEnded(e);
    }

    /**
     * Whether the session or the whole server ended, and not just the statement: it may have been committing. The server may
     * say the severity in its own language; then what fails for want of disk or by its own fault counts as that too.
     */
    private static boolean hasEnded(SQLException e) {
        ServerErrorMessage said = e instanceof PSQLException told ? told.getServerErrorMessage() : null;
        String severity = said == null ? null : said.getSeverity();
        return severity != null
                && !severity.equals("ERROR")
                && (ENDING.contains(severity)
                        || ENDING_CLASSES.contains(e.getSQLState().substring(0, 2)));
    }

    /** What to do on a connection. */
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private interface Attempt<T> {
        T run() throws SQLException;
    }

    /** A failure whose effect is known. */
    private static final class Failed extends SQLException {
        private static final long serialVersionUID = 1L;

        private final SQLException cause;
        private final Effect effect;

        Failed(SQLException cause, Effect effect) {
            super(cause.getMessage(), cause.getSQLState(), cause);
            this.cause = cause;
            this.effect = effect;
        }
    }

    /** No connection was to be had, so nothing was sent. */
    private static final class NotConnected extends SQLException {
        private static final long serialVersionUID = 1L;

        NotConnected(SQLException cause) {
            super(
                    cause.getCause() == null
                            ? cause.getMessage()
                            : cause.getCause().getMessage(),
                    "08001",
                    cause);
        }
    }
}
