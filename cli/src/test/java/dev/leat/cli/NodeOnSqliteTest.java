package dev.leat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.cli.CommandRig.Ran;
import dev.leat.client.ClientConfig;
import dev.leat.client.HttpLeatApi;
import dev.leat.wire.EnqueueJob;
import dev.leat.wire.EnqueuedJob;
import dev.leat.wire.JobView;
import dev.leat.wire.RawJson;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node in a process of its own, with its jobs in one file and no server beside it. */
@Timeout(240)
class NodeOnSqliteTest {
    private static final Pattern READY = Pattern.compile("ready at (http://\\S+)");

    @TempDir
    Path home;

    @Test
    void whatItAcceptedIsDoneAfterItWasKilled() throws Exception {
        Path file = home.resolve("leat.db");
        Path config = Files.writeString(
                home.resolve("leat.yaml"),
                "server: {port: 0}\nworker: {lease: 2s, slots: 4}\nstore: {url: 'sqlite:" + file + "'}\n");
        List<JobId> accepted = new ArrayList<>();
        Process first = started(config, "first");
        try (HttpLeatApi api = new HttpLeatApi(ClientConfig.at(ready("first")))) {
            accepted.addAll(enqueued(api, 40));
            assertThat(api.stats().store()).isEqualTo("sqlite");
            Ran other = CommandRig.run("stats", "--store", "sqlite:" + file);
            assertThat(other.code()).isEqualTo(1);
            assertThat(other.err()).contains(file.toString(), "is open in another process");
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> api.stats().jobs().running() > 0);
        } finally {
            first.destroyForcibly().waitFor();
        }

        assertThat(CommandRig.run("jobs", "list", "--all", "--config", config.toString())
                        .out())
                .as("without a server, while nobody has the file")
                .contains(accepted.getFirst().toString());

        Process second = started(config, "second");
        try (HttpLeatApi api = new HttpLeatApi(ClientConfig.at(ready("second")))) {
            accepted.addAll(enqueued(api, 10));
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() ->
                            accepted.stream().map(api::job).map(JobView::state).allMatch(JobState.COMPLETED::equals));
            assertThat(api.stats().jobs().completed()).isEqualTo(50);
            second.destroy();
            assertThat(second.waitFor()).as("stopped in good order").isZero();
        } finally {
            second.destroyForcibly().waitFor();
        }
    }

    private Process started(Path config, String name) throws IOException {
        return new ProcessBuilder(Program.command("server", "--config", config.toString()))
                .redirectOutput(home.resolve(name + ".out").toFile())
                .redirectError(home.resolve(name + ".err").toFile())
                .start();
    }

    private URI ready(String name) {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(
                        () -> {
                            Matcher said = READY.matcher(Files.readString(home.resolve(name + ".err"), UTF_8));
                            return said.find() ? URI.create(said.group(1)) : null;
                        },
                        uri -> uri != null);
    }

    private static List<JobId> enqueued(HttpLeatApi api, int count) {
        List<EnqueueJob> jobs = IntStream.range(0, count)
                .mapToObj(i -> new EnqueueJob(
                        QueueName.DEFAULT,
                        new KindName("sleep"),
                        RawJson.of("{\"millis\":300}"),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null))
                .toList();
        return api.enqueue(jobs, null).jobs().stream().map(EnqueuedJob::id).toList();
    }
}
