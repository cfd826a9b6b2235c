package dev.leat.cli.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.cli.Program;
import dev.leat.client.ClientConfig;
import dev.leat.client.HttpLeatApi;
import dev.leat.engine.config.LeatConfig;
import dev.leat.wire.ApiException;
import dev.leat.wire.EnqueueJob;
import dev.leat.wire.RawJson;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A node whose own PostgreSQL is killed under it. */
@Timeout(240)
@Execution(ExecutionMode.CONCURRENT)
class DatabaseOutageTest {
    @TempDir
    Path home;

    @Test
    void theNodeBringsItsDatabaseBackAndGoesOn() throws Exception {
        LeatConfig config = LeatConfig.CONFIG.read(Map.of("LEAT_SERVER_PORT", "0", "LEAT_WORKER_LEASE", "2s"));
        try (Node node = Node.withPostgres(home, "dev", config);
                HttpLeatApi api = new HttpLeatApi(ClientConfig.at(node.uri()))) {
            JobId before = enqueued(api, "before", 1_000);
            killDatabase();
            JobId after = Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .ignoreExceptions()
                    .until(() -> enqueued(api, "after", 1), id -> true);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .ignoreExceptions()
                    .until(() -> api.job(before).state() == JobState.COMPLETED
                            && api.job(after).state() == JobState.COMPLETED);
        }
        assertThat(home.resolve("postgres/data/postmaster.pid"))
                .as("stopped with the node")
                .doesNotExist();
    }

    private static JobId enqueued(HttpLeatApi api, String key, int millis) {
        EnqueueJob sleep = new EnqueueJob(
                QueueName.DEFAULT,
                new KindName("sleep"),
                RawJson.of("{\"millis\":" + millis + "}"),
                null,
                null,
                null,
                null,
                null,
                null);
        return api.enqueue(List.of(sleep), key).jobs().getFirst().id();
    }

    private void killDatabase() throws IOException {
        Path file = home.resolve("postgres/data/postmaster.pid");
        kill(Long.parseLong(Files.readAllLines(file).getFirst().strip()));
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
        });
    }

    /** Its data is moved away, so that the database stays down however often the node starts it. */
    @Test
    void aNodeThatIsToldToStopWhileItsDatabaseIsDownEndsInGoodOrder() throws Exception {
        Path err = home.resolve("err.txt");
        Path data = home.resolve("dev/postgres/data");
        Process dev = startDev();
        try {
            long postmaster = postmaster(data);
            Files.move(data, data.resolveSibling("away"));
            kill(postmaster);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> Files.readString(err).contains("cannot be started again yet"));

            dev.destroy();
            assertThat(dev.waitFor(60, TimeUnit.SECONDS))
                    .as(Files.readString(err))
                    .isTrue();
            assertThat(dev.exitValue()).as(Files.readString(err)).isZero();
            assertThat(Files.readString(err)).contains("- stopped");
        } finally {
            dev.destroyForcibly().waitFor();
        }
    }

    /** It answers nothing and closes nothing, which no call can tell from a long statement. */
    @Test
    void aNodeThatIsToldToStopWhileItsDatabaseHangsEndsInGoodOrder() throws Exception {
        Path err = home.resolve("err.txt");
        Process dev = startDev();
        List<ProcessHandle> database = new ArrayList<>();
        try {
            ProcessHandle postmaster = ProcessHandle.of(postmaster(home.resolve("dev/postgres/data")))
                    .orElseThrow();
            database.add(postmaster);
            // Calls under way, so that some wait for an answer and not for a connection.
            String said = Files.readString(home.resolve("out.txt"));
            URI uri = URI.create(said.substring(said.indexOf("http://")).split("[\\s/]+", 3)[0] + "//"
                    + said.substring(said.indexOf("http://") + 7).split("[\\s/]", 2)[0]);
            for (int i = 0; i < 4; i++) {
                Thread.startVirtualThread(() -> askUntilItFails(uri));
            }
            signal("-STOP", postmaster);
            for (ProcessHandle child : postmaster.children().toList()) {
                database.add(child);
                signal("-STOP", child);
            }

            dev.destroy();
            assertThat(dev.waitFor(75, TimeUnit.SECONDS))
                    .as(Files.readString(err))
                    .isTrue();
            assertThat(dev.exitValue()).as(Files.readString(err)).isZero();
            assertThat(Files.readString(err)).contains("- stopped");
        } finally {
            dev.destroyForcibly().waitFor();
            database.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static void askUntilItFails(URI uri) {
        try (HttpLeatApi api = new HttpLeatApi(ClientConfig.at(uri))) {
            while (true) {
                api.stats();
            }
        } catch (ApiException e) {
            // The database hangs by now, or the node is gone.
        }
    }

    private static void signal(String signal, ProcessHandle process) throws Exception {
        new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    private static long postmaster(Path data) throws IOException {
        return Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip());
    }

    /** Ready when this returns. */
    private Process startDev() throws IOException {
        Path out = home.resolve("out.txt");
        Process dev = new ProcessBuilder(Program.command(
                        "dev", "--port", "0", "--data", home.resolve("dev").toString()))
                .redirectOutput(out.toFile())
                .redirectError(home.resolve("err.txt").toFile())
                .start();
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> Files.readString(out).contains("Ctrl-C stops it") || !dev.isAlive());
        return dev;
    }
}
