package dev.leat.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM that starts the server of a directory and keeps it until it is told, or made, to end. */
final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader said;

    private final Path log;

    private ChildJvm(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.said = process.inputReader(UTF_8);
    }

    /** Begins; {@link #started} waits for the server. */
    static ChildJvm on(PostgresServerConfig config) throws IOException {
        return on(config, "once");
    }

    /** The same, and it watches the server. */
    static ChildJvm watching(PostgresServerConfig config) throws IOException {
        return on(config, "watch");
    }

    private static ChildJvm on(PostgresServerConfig config, String how) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ChildJvm.class.getName(),
                how,
                config.dataDirectory().toString()));
        config.cacheDirectory().ifPresent(cache -> command.add(cache.toString()));
        Path log = Files.createTempFile("leat-child", ".log");
        return new ChildJvm(
                new ProcessBuilder(command).redirectError(log.toFile()).start(), log);
    }

    record Started(int port, boolean reused) {}

    Started started() throws IOException {
        String line = said.readLine();
        assertThat(line).as(log()).startsWith("started ");
        String[] words = line.split(" ", -1);
        return new Started(Integer.parseInt(words[1]), Boolean.parseBoolean(words[2]));
    }

    /** What it logged so far. */
    String log() throws IOException {
        return Files.readString(log);
    }

    /** As an out-of-memory killer would: SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitEnd();
    }

    /** As a service manager would: SIGTERM. */
    void terminate() throws InterruptedException {
        process.destroy();
        awaitEnd();
    }

    /** Returns from main without closing the server. */
    void end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        awaitEnd();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroyForcibly();
        awaitEnd();
        Files.deleteIfExists(log);
    }

    private void awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(Duration.ofSeconds(60).toMillis(), TimeUnit.MILLISECONDS))
                .isTrue();
    }

    public static void main(String[] args) throws IOException {
        PostgresServerConfig config = PostgresServerConfig.at(Path.of(args[1]));
        if (args.length > 2) {
            config = config.withCacheDirectory(Path.of(args[2]));
        }
        PostgresServer server = PostgresServer.start(config);
        if (args[0].equals("watch")) {
            server.watch();
        }
        System.out.println("started " + server.port() + " " + server.reused());
        while (System.in.read() >= 0) {
            // until the parent closes our input
        }
    }
}
