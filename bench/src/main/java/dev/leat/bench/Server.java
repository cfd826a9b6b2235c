package dev.leat.bench;

import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL of the bench's own, durable as in production: {@code fsync}, {@code synchronous_commit} and {@code
 * full_page_writes} are on, {@code shared_buffers} is 1 GB, {@code max_wal_size} 8 GB and {@code min_wal_size} 2 GB unless the settings say otherwise.
 *
 * <p>Stopped when it is closed or the JVM ends, and then deleted if its folder was not named by the caller.
 */
public final class Server implements AutoCloseable {
    /** GB of files for the log that are there from the start and used again and again. */
    private static final int WAL_FILES = 2;

    private static final int WAL_FILES_PER_GB = 64;

    private static final Map<String, String> SETTINGS = Map.of(
            "shared_buffers", "1GB",
            "max_wal_size", "8GB",
            "min_wal_size", WAL_FILES + " GB",
            "max_connections", "400",
            "fsync", "on",
            "synchronous_commit", "on",
            "full_page_writes", "on");

    private final PostgresServer postgres;
    private final Path folder;
    private final boolean kept;
    private final Thread exitHook = new Thread(this::closeNow, "leat-bench-stop");
    private final Connection watching;
    private final long postmaster;
    private boolean closed;

    private Server(PostgresServer postgres, Path folder, boolean kept) throws IOException, SQLException {
        this.postgres = postgres;
        this.folder = folder;
        this.kept = kept;
        watching = connect();
        postmaster = Long.parseLong(
                Files.readAllLines(Path.of(text("show data_directory")).resolve("postmaster.pid"))
                        .getFirst()
                        .strip());
    }

    /**
     * Starts it.
     *
     * @param data the folder that keeps its data; null for a temporary one
     * @param settings of PostgreSQL, on top of those above
     * @throws dev.leat.launcher.LauncherException if that is impossible
     */
    public static Server start(@Nullable Path data, Map<String, String> settings) throws IOException, SQLException {
        Path folder = data == null ? Files.createTempDirectory("leat-bench-") : data;
        PostgresServerConfig config = PostgresServerConfig.at(folder).withStopOnExit(false);
        Map<String, String> all = new TreeMap<>(SETTINGS);
        all.putAll(settings);
        for (var setting : all.entrySet()) {
            config = config.withSetting(setting.getKey(), setting.getValue());
        }
        PostgresServer postgres;
        try {
            postgres = PostgresServer.start(config);
        } catch (RuntimeException e) {
            if (data == null) {
                delete(folder);
            }
            throw e;
        }
        try {
            Server server = new Server(postgres, folder, data != null);
            server.makeWalFiles();
            Runtime.getRuntime().addShutdownHook(server.exitHook);
            return server;
        } catch (IOException | SQLException | RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /** {@code jdbc:postgresql://127.0.0.1:PORT/leat?user=leat}. */
    public String url() {
        return postgres.url();
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return postgres.port();
    }

    public String database() {
        return "leat";
    }

    public String user() {
        return postgres.user();
    }

    public String password() {
        return postgres.password();
    }

    /** Such as {@code 18.6}. */
    public String version() {
        return postgres.version();
    }

    /** The settings that matter for speed, as the server has them. */
    public Map<String, String> settings() throws SQLException {
        Map<String, String> settings = new TreeMap<>();
        for (String name : List.of(
                "shared_buffers",
                "max_wal_size",
                "fsync",
                "synchronous_commit",
                "full_page_writes",
                "wal_sync_method",
                "data_checksums",
                "autovacuum")) {
            settings.put(name, text("show " + name));
        }
        return settings;
    }

    /** A new connection, in auto-commit mode, for the caller to close. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url(), user(), password());
    }

    /** Runs statements, each in a transaction of its own. */
    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    /** The first column of the only row. */
    public long number(String query) throws SQLException {
        return Long.parseLong(text(query));
    }

    /** As a server has them that has run for a while. Making each, with 16 MB of zeros, has all commits wait. */
    private void makeWalFiles() throws SQLException {
        for (int made = 0; made < WAL_FILES * WAL_FILES_PER_GB; made++) {
            execute("select pg_logical_emit_message(false, 'bench', '')");
            execute("select pg_switch_wal()");
        }
        execute("checkpoint");
    }

    /**
     * Writes out what earlier runs left to be written, so that the next one does not pay for it. To be called before a run's own
     * rows are stored: pages that are older than this are logged whole when they change again.
     */
    public void settle() throws SQLException {
        execute("checkpoint");
    }

    /** Starts to measure. */
    public Meter meter() throws SQLException {
        return new Meter(this);
    }

    /** What has been written to the log since the server was made. */
    long walBytes() throws SQLException {
        return number("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint");
    }

    /** Whether CPU times can be measured here, as they can on Linux. */
    public boolean measuresCpu() {
        return cpu().isPresent();
    }

    Optional<CpuTimes> cpu() {
        return CpuTimes.now(postmaster);
    }

    private synchronized String text(String query) throws SQLException {
        try (Statement statement = watching.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            if (!row.next()) {
                throw new SQLException("no row: " + query);
            }
            return row.getString(1);
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(exitHook);
        } catch (IllegalStateException e) {
            return; // The program is on its way out, and the hook closes.
        }
        closeNow();
    }

    private synchronized void closeNow() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            watching.close();
            postgres.close();
        } catch (SQLException e) {
            postgres.close();
        }
        if (!kept) {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (NoSuchFileException e) {
            // Gone already, and so much the better.
        } catch (IOException e) {
            throw new IllegalStateException(folder + " cannot be deleted: " + e.getMessage(), e);
        }
    }
}
