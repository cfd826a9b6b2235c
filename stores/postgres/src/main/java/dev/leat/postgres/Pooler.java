package dev.leat.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;

/**
 * Finds out whether a pooler between here and the server hands each transaction to whichever session of the server is free, as
 * PgBouncer does in transaction mode. What is set, prepared or listened to by one statement is then not there for the next.
 */
final class Pooler {
    /**
     * How long to wait, in milliseconds, for a session to be free again. A pooler of several threads may tell its client first
     * that a transaction has ended, and give the session back a moment later; then another one serves that client until then.
     */
    private static final int[] PAUSES = {0, 10, 40, 90, 160};

    private Pooler() {}

    static boolean isBetween(PostgresConfig config) throws SQLException {
        try (Connection connection = PlainConnection.to(config)) {
            // The server says its backend when it greets. A pooler greets for itself, with a number that it made up.
            return backend(connection) != connection.unwrap(PGConnection.class).getBackendPID()
                    && isShared(connection, config);
        }
    }

    /** While another connection is in a transaction: either it has got our session, or we get another one than before. */
    private static boolean isShared(Connection connection, PostgresConfig config) throws SQLException {
        for (int pause : PAUSES) {
            try (Connection other = PlainConnection.to(config)) {
                int before = backend(connection);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
                other.setAutoCommit(false);
                boolean shared = backend(other) == before || backend(connection) != before;
                other.rollback();
                if (shared) {
                    return true;
                }
            }
        }
        return false;
    }

    private static int backend(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery("select pg_backend_pid()")) {
            results.next();
            return results.getInt(1);
        }
    }
}
