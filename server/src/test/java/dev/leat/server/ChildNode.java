package dev.leat.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A node on stores in memory in a JVM of its own, which ends when its memory does. */
final class ChildNode implements AutoCloseable {
    private final Process process;
    private final Path log;
    private final URI uri;

    private ChildNode(Process process, Path log) throws IOException {
        this.process = process;
        this.log = log;
        String port = process.inputReader(UTF_8).readLine();
        assertThat(port).as(Files.readString(log)).isNotNull();
        uri = URI.create("http://127.0.0.1:" + port + "/");
    }

    /** A node that has as much memory as the launcher gives one. */
    static ChildNode start(String requestTimeout) throws IOException {
        return start("LEAT_SERVER_REQUEST_TIMEOUT", requestTimeout);
    }

    /** As that one, with one setting. */
    static ChildNode start(String setting, String value) throws IOException {
        Path log = Files.createTempFile("leat-node", ".log");
        return new ChildNode(
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+ExitOnOutOfMemoryError",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                ChildNode.class.getName(),
                                setting,
                                value)
                        .redirectError(log.toFile())
                        .start(),
                log);
    }

    URI uri() {
        return uri;
    }

    /** What it has logged so far. */
    String log() throws IOException {
        return Files.readString(log);
    }

    /** The node; it lives until its standard input ends. */
    public static void main(String[] args) throws IOException {
        try (ServerRig rig = new ServerRig(Map.of(args[0], args[1]))) {
            System.out.println(rig.server.port());
            System.out.flush();
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Files.deleteIfExists(log);
    }
}
