package dev.leat.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;

/**
 * Finds out whether a pooler between here and the server hands each transaction to whichever session of the server is free, as
 * PgBouncer does in transaction mode. What is set, prepared or listened to by one statement is then not there for the next.
 */
final class Pooler {
    private static final int ROUNDS = 3;

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
        for (int round = 0; round < ROUNDS; round++) {
            try (Connection other = PlainConnection.to(config)) {
                int before = backend(connection);
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
