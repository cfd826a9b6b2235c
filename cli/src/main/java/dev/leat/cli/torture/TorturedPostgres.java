package dev.leat.cli.torture;

import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.verify.faults.ActiveFault;
import dev.leat.verify.torture.FaultKind;
import dev.leat.verify.torture.StoreServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL of our own that is there to be broken. Its server ends with this process, however that does. */
public final class TorturedPostgres implements Tortured, StoreServer {
    /** As {@code --backend} names it. */
    public static final String BACKEND = "postgres";

    private static final Duration BACK = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 50;

    private static final long DISK_BYTES = 320L << 20;

    private final PostgresServerConfig config;
    private final BreakableDisk disk;
    private final ServerGuard guard;
    private volatile PostgresServer server;

    private TorturedPostgres(
            PostgresServerConfig config, BreakableDisk disk, PostgresServer server, ServerGuard guard) {
        this.config = config.withPort(server.port());
        this.disk = disk;
        this.server = server;
        this.guard = guard;
    }

    /**
     * What is asked for.
     *
     * @param folder an empty one
     * @param settings of PostgreSQL, in place of the usual ones
     * @param kinds what is to be done to it
     * @param length how long it must have room on its disk
     */
    public record Wish(Path folder, Map<String, String> settings, Set<FaultKind> kinds, Duration length) {}

    /**
     * Starts it with the schema of the stores and a clock that can be set forward; on a disk of its own, if that is to be
     * broken and can be had.
     *
     * @throws dev.leat.launcher.LauncherException if it does not start
     */
    public static TorturedPostgres start(Wish wish) throws IOException {
        BreakableDisk disk = BreakableDisk.make(wish.folder(), wish.kinds(), DISK_BYTES, wish.length());
        try {
            return start(wish, PostgresServerConfig.at(disk.root().resolve("postgres")), disk);
        } catch (IOException | RuntimeException e) {
            disk.close();
            throw e;
        }
    }

    private static TorturedPostgres start(Wish wish, PostgresServerConfig at, BreakableDisk disk) throws IOException {
        // Little log is kept, so that there is little to copy when the power is cut.
        PostgresServerConfig config =
                with(wish.settings(), at.withStopOnExit(false).withSetting("max_wal_size", "96MB"));
        ServerGuard guard = ServerGuard.start(pidFile(config.dataDirectory()), "postgres", wish.folder());
        PostgresServer server;
        try {
            server = PostgresServer.start(config);
        } catch (RuntimeException e) {
            guard.close();
            throw e;
        }
        TorturedPostgres tortured = new TorturedPostgres(config, disk, server, guard);
        try (OpenPostgres made = tortured.open()) {
            tortured.execute("create table if not exists leat.torture_clock as select interval '0' ahead");
            // A row that the clock reads, so that all statements see it set forward at the same moment.
            tortured.execute("""
                create or replace function leat.now() returns timestamptz language sql stable parallel safe
                as 'select statement_timestamp() + ahead from leat.torture_clock'\
                """);
        } catch (RuntimeException e) {
            tortured.close();
            throw e;
        }
        return tortured;
    }

    /**
     * Checks settings as far as that can be done without a server.
     *
     * @throws IllegalArgumentException if one of them may not be made
     */
    public static void check(Map<String, String> settings) {
        with(settings, PostgresServerConfig.at(Path.of("")));
    }

    private static PostgresServerConfig with(Map<String, String> settings, PostgresServerConfig plain) {
        PostgresServerConfig config = plain;
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            config = config.withSetting(setting.getKey(), setting.getValue());
        }
        return config;
    }

    private static Path pidFile(Path home) {
        return home.resolve("data").resolve("postmaster.pid");
    }

    @Override
    public Optional<InetSocketAddress> address() {
        return Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    }

    @Override
    public Map<String, String> environment(int port) {
        return Map.of(
                TortureNode.BACKEND,
                BACKEND,
                TortureNode.URL,
                "jdbc:postgresql://127.0.0.1:" + port + "/leat?user=" + server.user(),
                TortureNode.USER,
                server.user(),
                TortureNode.PASSWORD,
                server.password());
    }

    @Override
    public OpenPostgres open() {
        return OpenPostgres.at(server.url(), server.user(), server.password());
    }

    @Override
    public void kill() {
        server.kill();
    }

    @Override
    public void restart() {
        server.restart();
    }

    @Override
    public void killBackend() {
        // The oldest of them may be anybody's; the others of the server then end too, and it mends itself.
        children()
                .filter(TorturedPostgres::isBackend)
                .max(Comparator.comparingLong(ProcessHandle::pid))
                .ifPresent(ProcessHandle::destroyForcibly);
        awaitBack();
    }

    /** Whether it serves a connection of ours: such a process says whom it serves in its title. */
    private static boolean isBackend(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                    .startsWith("postgres: leat leat ");
        } catch (IOException e) {
            return false; // it is gone
        }
    }

    @Override
    public List<Long> processes() {
        return Stream.concat(Stream.of(postmaster()), children())
                .map(ProcessHandle::pid)
                .toList();
    }

    private Stream<ProcessHandle> children() {
        return postmaster().children();
    }

    private ProcessHandle postmaster() {
        return runningPostmaster().orElseThrow(() -> new IllegalStateException("the server does not run"));
    }

    private boolean runs() {
        return runningPostmaster().isPresent();
    }

    private Optional<ProcessHandle> runningPostmaster() {
        try {
            return ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile(server.dataDirectory()))
                            .getFirst()
                            .strip()))
                    .filter(ProcessHandle::isAlive);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void powerCut() {
        disk.powerCut(postmaster().pid(), () -> {
            server.kill();
            server.close(); // it has files open on the disk
        });
        server = PostgresServer.start(config);
    }

    @Override
    public ActiveFault fillDisk() {
        ActiveFault full = disk.fill();
        return () -> {
            full.close();
            if (!runs()) { // it has given up, as it does when it has no room for its log
                restart();
            }
            awaitBack();
        };
    }

    private void awaitBack() {
        long end = System.nanoTime() + BACK.toNanos();
        while (true) {
            try {
                execute("select 1");
                return;
            } catch (IllegalStateException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            new CountDownLatch(1).await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Durable whatever the settings are: a clock never runs backwards. */
    @Override
    public void forward(Duration by) {
        execute(
                "set synchronous_commit = on; update leat.torture_clock set ahead = ahead + %d * interval '1 microsecond'"
                        .formatted(TimeUnit.MICROSECONDS.convert(by)));
    }

    private void execute(String sql) {
        try (Connection connection = DriverManager.getConnection(server.url(), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL did not do what the torture needs: " + e.getMessage(), e);
        }
    }

    @Override
    public Optional<String> impossible(FaultKind kind) {
        return disk.impossible(kind);
    }

    @Override
    public void close() {
        try {
            server.close();
        } finally {
            guard.close();
            disk.close();
        }
    }
}
