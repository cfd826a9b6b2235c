package dev.leat.launcher;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.leat.launcher.LauncherException.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A Redis server of our own on a kept directory, for tests and dev mode: a child of this JVM, on 127.0.0.1 only.
 *
 * <p>It has loaded its data and answers when {@link #start} and {@link #restart} return. It is stopped when this is closed or the JVM
 * ends; a JVM that is killed leaves it behind. Two objects on one directory are not kept from each other. Its program is
 * unpacked once per user into the cache that PostgreSQL's programs are in. Runs on Linux on amd64 and arm64.
 *
 * <p>All methods may be called from any thread, and wait for each other.
 */
public final class RedisServer implements AutoCloseable {
    /** The versions whose programs are on the class path where their jars are. */
    public enum Version {
        /** From {@code org.signal:embedded-redis}. */
        REDIS_7_0("redis-server-7.0.15-linux-amd64", "redis-server-7.0.15-linux-arm64"),
        /** From {@code com.github.codemonstur:embedded-redis}. */
        REDIS_6_2("redis-server-6.2.6-v5-linux-amd64", "redis-server-6.2.7-linux-arm64");

        private final String amd64;
        private final String arm64;

        Version(String amd64, String arm64) {
            this.amd64 = amd64;
            this.arm64 = arm64;
        }

        private String resource() {
            String system = System.getProperty("os.name", "") + " " + System.getProperty("os.arch", "");
            return switch (system.toLowerCase(Locale.ROOT)) {
                case "linux amd64", "linux x86_64" -> amd64;
                case "linux aarch64", "linux arm64" -> arm64;
                default ->
                    throw new LauncherException(
                            Reason.UNSUPPORTED_PLATFORM,
                            "The embedded Redis runs on Linux on amd64 and arm64; this is " + system
                                    + ". Start a Redis 6.2 or newer yourself and give Leat its URL.");
            };
        }
    }

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final int ATTEMPTS = 5;

    private final Path program;
    private final Path directory;
    private final Map<String, String> settings;
    private final Thread exitHook = new Thread(this::close, "leat-redis-stop");
    private int port;
    private @Nullable Process process;
    private boolean closed;

    private RedisServer(Path program, Path directory, Map<String, String> settings) {
        this.program = program;
        this.directory = directory;
        this.settings = Map.copyOf(settings);
    }

    /**
     * Starts a server on the directory, which is made if need be, on a free port.
     *
     * @param settings as in {@code redis.conf}, such as {@code appendonly}
     * @throws LauncherException if it does not answer within half a minute
     */
    public static RedisServer start(Version version, Path directory, Map<String, String> settings) {
        try {
            Path home = Files.createDirectories(directory, PrivateFiles.DIRECTORY_MODE)
                    .toRealPath();
            RedisServer server = new RedisServer(program(version), home, settings);
            server.launchSomewhere();
            Runtime.getRuntime().addShutdownHook(server.exitHook);
            return server;
        } catch (IOException e) {
            throw Failure.of("Could not start Redis in " + directory, e);
        }
    }

    public String url() {
        return "redis://127.0.0.1:" + port();
    }

    public synchronized int port() {
        return port;
    }

    /** Empty while it does not run. */
    public synchronized Optional<ProcessHandle> process() {
        return Optional.ofNullable(process).filter(Process::isAlive).map(Process::toHandle);
    }

    /** Where its data and its log, {@code redis.log}, are. */
    public Path directory() {
        return directory;
    }

    /** Kills it as a crash would, by SIGKILL; returns when it is gone. */
    public synchronized void kill() {
        end(true);
    }

    /** Starts it again on its data and the same port, after ending it if it runs. */
    public synchronized void restart() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
        end(false);
        launch(Deadline.in(START));
    }

    @Override
    public synchronized void close() { // so that a second caller, such as the exit hook, waits for the first
        if (closed) {
            return;
        }
        closed = true;
        end(false);
        if (!Thread.currentThread().equals(exitHook)) {
            try {
                Runtime.getRuntime().removeShutdownHook(exitHook);
            } catch (IllegalStateException e) {
                // the JVM is going down and the hook will find this closed
            }
        }
    }

    @Override
    public String toString() {
        return "Redis on 127.0.0.1:" + port() + " in " + directory;
    }

    private synchronized void launchSomewhere() throws IOException {
        for (int attempt = 1; ; attempt++) {
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            try {
                launch(Deadline.in(START));
                return;
            } catch (LauncherException e) {
                if (e.reason() != Reason.PORT_TAKEN || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void launch(Deadline deadline) {
        try {
            Path log = directory.resolve("redis.log");
            StringBuilder conf =
                    new StringBuilder("# Written by Leat at every start.\nbind 127.0.0.1\nport " + port + "\n");
            settings.forEach(
                    (name, value) -> conf.append(name).append(' ').append(value).append('\n'));
            Path file = directory.resolve("redis.conf");
            PrivateFiles.replace(file, conf.toString());
            Process started = new ProcessBuilder(program.toString(), file.toString())
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            process = started;
            while (!answers()) {
                if (!started.isAlive()) {
                    throw Failure.of("Redis ended while it was starting", Files.readString(log), null);
                }
                if (deadline.passed()) {
                    throw new LauncherException(
                            Reason.TIMED_OUT, "Redis did not answer in time:\n" + Files.readString(log));
                }
                deadline.pause();
            }
        } catch (IOException e) {
            end(true);
            throw Failure.of("Could not start Redis in " + directory, e);
        } catch (RuntimeException e) {
            end(true);
            throw e;
        }
    }

    /** Whether it has loaded its data and says anything: a pong, or that it wants a password. */
    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) START.toMillis());
            socket.setSoTimeout((int) START.toMillis());
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            BufferedReader answers =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String answer = answers.readLine();
            return answer != null && !answer.startsWith("-LOADING");
        } catch (IOException e) {
            return false;
        }
    }

    private void end(boolean now) {
        Process running = process;
        process = null;
        if (running == null) {
            return;
        }
        if (!now) {
            running.destroy(); // SIGTERM: it saves what its settings have it save
        }
        boolean interrupted = Thread.interrupted();
        try {
            if (now || !running.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                running.destroyForcibly();
            }
            if (!running.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                throw new LauncherException(Reason.STOP_FAILED, "Redis, process " + running.pid() + ", does not end.");
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The program in the cache, complete or absent: it is written under another name and then renamed. */
    private static Path program(Version version) throws IOException {
        String resource = version.resource();
        try (InputStream in = RedisServer.class.getResourceAsStream("/" + resource)) {
            if (in == null) {
                throw new LauncherException(
                        Reason.BINARIES_UNUSABLE,
                        "The class path holds no " + resource + ". Add the jar that " + version + " names.");
            }
            byte[] bytes = in.readAllBytes();
            CRC32 crc = new CRC32();
            crc.update(bytes);
            Path cache = PostgresBinaries.cacheDirectory(Optional.empty());
            Path program = cache.resolve("%s-%08x".formatted(resource, crc.getValue()));
            if (!Files.isRegularFile(program) || Files.size(program) != bytes.length) {
                Path fresh = cache.resolve(program.getFileName() + "." + UUID.randomUUID());
                try {
                    write(fresh, bytes);
                    Files.move(fresh, program, ATOMIC_MOVE);
                } finally {
                    Files.deleteIfExists(fresh);
                }
            }
            return program;
        }
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        try (FileChannel channel = FileChannel.open(file, Set.of(CREATE_NEW, WRITE), mode);
                var out = Channels.newOutputStream(channel)) {
            out.write(bytes);
            channel.force(true);
        }
    }
}
