package dev.leat.cli.torture;

import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.verify.torture.FaultKind;
import dev.leat.verify.torture.StoreServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL of our own that is there to be broken. Its server ends with this process, however that does. */
public final class TorturedPostgres implements StoreServer {
    private static final Duration BACK = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 50;

    /** Ends the server when nobody holds the other end of its input any more. */
    private static final String GUARD =
            "trap '' INT TERM HUP; cat > /dev/null; kill -INT \"$(head -n 1 \"$1\")\" 2> /dev/null";

    private final PostgresServer server;
    private final Process guard;

    private TorturedPostgres(PostgresServer server, Process guard) {
        this.server = server;
        this.guard = guard;
    }

    /**
     * Starts it with the schema of the stores and a clock that can be set forward.
     *
     * @param settings of PostgreSQL, in place of the usual ones
     * @throws dev.leat.launcher.LauncherException if it does not start
     */
    public static TorturedPostgres start(Path folder, Map<String, String> settings) throws IOException {
        PostgresServerConfig config = PostgresServerConfig.at(folder).withStopOnExit(false);
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            config = config.withSetting(setting.getKey(), setting.getValue());
        }
        PostgresServer server = PostgresServer.start(config);
        Process guard = new ProcessBuilder(
                        "sh", "-c", GUARD, "leat-torture-guard", pidFile(server).toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        TorturedPostgres tortured = new TorturedPostgres(server, guard);
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

    private static Path pidFile(PostgresServer server) {
        return server.dataDirectory().resolve("data").resolve("postmaster.pid");
    }

    @Override
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
    }

    /** How a process of the load connects, by this port. */
    Map<String, String> environment(int port) {
        return Map.of(
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
        try {
            long pid = Long.parseLong(
                    Files.readAllLines(pidFile(server)).getFirst().strip());
            return ProcessHandle.of(pid).orElseThrow(() -> new IllegalStateException("the server does not run"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        return Optional.empty();
    }

    @Override
    public void close() {
        try {
            server.close();
        } finally {
            guard.destroyForcibly();
        }
    }
}
