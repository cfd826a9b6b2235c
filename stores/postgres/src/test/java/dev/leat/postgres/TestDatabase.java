package dev.leat.postgres;

import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.testkit.StoreClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A real PostgreSQL server, started once for the tests of this JVM, and schemas on it that follow a {@link StoreClock}. */
final class TestDatabase {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private final PostgresServer server;
    private Connection admin;

    private TestDatabase(PostgresServer server) {
        this.server = server;
    }

    /** The server of the newest version. */
    static TestDatabase newest() {
        return Newest.DATABASE;
    }

    private static TestDatabase start(UnaryOperator<PostgresServerConfig> change) {
        try {
            Path home = Files.createTempDirectory("leat-postgres-test");
            return new TestDatabase(PostgresServer.start(change.apply(PostgresServerConfig.at(home))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A configuration for a schema that does not exist yet. */
    PostgresConfig fresh() {
        return PostgresConfig.of(server.url(), server.user(), server.password())
                .withSchema("leat_" + SCHEMAS.incrementAndGet())
                .withConnections(12);
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(server.url(), server.user(), server.password());
    }

    /** Runs statements on a connection that is kept, since a test's clock may be advanced hundreds of times. */
    synchronized void execute(String sql) {
        try {
            if (admin == null) {
                admin = connect();
            }
            try (Statement statement = admin.createStatement()) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /**
     * Sets the schema's one clock ahead as the test's clock is. By a row that the clock reads: a new function for each step
     * would have every connection plan its statements anew.
     */
    void follow(StoreClock clock, String schema) {
        execute("create table if not exists %1$s.test_clock as select interval '0' ahead;".formatted(schema)
                + "create or replace function %1$s.now() returns timestamptz language sql stable parallel safe"
                        .formatted(schema)
                + " as 'select statement_timestamp() + ahead from %1$s.test_clock'".formatted(schema));
        clock.onAdvance(offset -> execute(
                "update %s.test_clock set ahead = interval '%d microseconds'".formatted(schema, micros(offset))));
    }

    private static long micros(Duration offset) {
        return TimeUnit.MICROSECONDS.convert(offset);
    }

    private static final class Newest {
        static final TestDatabase DATABASE = start(config -> config);
    }
}
