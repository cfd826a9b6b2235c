package dev.leat.postgres;

import dev.leat.api.store.Capabilities.Durability;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A real PostgreSQL server, with everything that makes it durable unless said otherwise, started once for the tests of this JVM. */
final class TestDatabase {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static final int CONNECTIONS = 8;

    private final PostgresServer server;
    private final Durability durability;
    private Connection admin;
    private Fixture contract;

    private TestDatabase(PostgresServer server, Durability durability) {
        this.server = server;
        this.durability = durability;
    }

    /** The server of the newest version. */
    static TestDatabase newest() {
        return Newest.DATABASE;
    }

    /** The server of the oldest version that is supported. */
    static TestDatabase oldest() {
        return Oldest.DATABASE;
    }

    /**
     * The server of the newest version for tests that make tables or commit by the thousand and say nothing of losses: it does
     * not wait for the disk. All else is as ever, but that the machine must not die.
     */
    static TestDatabase newestThatNeverWaitsForTheDisk() {
        return NewestWithoutFsync.DATABASE;
    }

    /** The same of the oldest version. */
    static TestDatabase oldestThatNeverWaitsForTheDisk() {
        return OldestWithoutFsync.DATABASE;
    }

    /** A server for one test alone, which may kill it. */
    static TestDatabase own() {
        return start(config -> config);
    }

    /** The same with other settings. */
    static TestDatabase own(UnaryOperator<PostgresServerConfig> change) {
        return start(change);
    }

    private static TestDatabase start(UnaryOperator<PostgresServerConfig> change) {
        return start(change, Durability.D2);
    }

    private static TestDatabase startWithoutFsync(UnaryOperator<PostgresServerConfig> change) {
        return start(config -> change.apply(config).withSetting("fsync", "off"), Durability.D1);
    }

    private static PostgresServerConfig withOldestBinaries(PostgresServerConfig config) {
        return config.withBinaries(Path.of(System.getProperty("leat.postgres14")));
    }

    private static TestDatabase start(UnaryOperator<PostgresServerConfig> change, Durability durability) {
        try {
            Path home = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "postgres-");
            PostgresServer server = PostgresServer.start(
                    change.apply(PostgresServerConfig.at(home)).withStopOnExit(false));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                server.close();
                delete(home);
            }));
            return new TestDatabase(server, durability);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    PostgresServer server() {
        return server;
    }

    /** The stores that all contracts share; one test at a time. */
    Fixture contract() {
        if (contract == null) {
            contract = new Fixture(this);
        }
        return contract;
    }

    /** A configuration for a schema that does not exist yet. */
    PostgresConfig fresh() {
        return PostgresConfig.of(server.url(), server.user(), server.password())
                .withSchema("leat_" + SCHEMAS.incrementAndGet())
                .withConnections(CONNECTIONS)
                .withDurability(durability);
    }

    Connection connect() throws SQLException {
        return connect(server.url());
    }

    Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, server.user(), server.password());
    }

    /** The URL of another database of this server, made when missing. */
    String named(String database) {
        if (number("select count(*) from pg_database where datname = '" + database + "'") == 0) {
            execute("create database " + database);
        }
        return server.url().replaceFirst("/leat\\?", "/" + database + "?");
    }

    /** Runs statements on a connection that is kept, since a test's clock may be advanced hundreds of times. */
    synchronized void execute(String sql) {
        try (Statement statement = admin().createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** The rows of a query, each column as text. */
    synchronized List<List<String>> rows(String sql) {
        try {
            return rows(admin(), sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** The only value of a query. */
    long number(String sql) {
        return Long.parseLong(rows(sql).getFirst().getFirst());
    }

    static List<List<String>> rows(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery(sql)) {
            List<List<String>> rows = new ArrayList<>();
            while (results.next()) {
                String[] row = new String[results.getMetaData().getColumnCount()];
                for (int i = 0; i < row.length; i++) {
                    row[i] = results.getString(i + 1);
                }
                rows.add(Arrays.asList(row));
            }
            return rows;
        }
    }

    private Connection admin() throws SQLException {
        if (admin == null || !admin.isValid(10)) {
            admin = connect();
        }
        return admin;
    }

    private static final class Newest {
        static final TestDatabase DATABASE = start(config -> config);
    }

    private static final class Oldest {
        static final TestDatabase DATABASE = start(TestDatabase::withOldestBinaries);
    }

    private static final class NewestWithoutFsync {
        static final TestDatabase DATABASE = startWithoutFsync(config -> config);
    }

    private static final class OldestWithoutFsync {
        static final TestDatabase DATABASE = startWithoutFsync(TestDatabase::withOldestBinaries);
    }
}
