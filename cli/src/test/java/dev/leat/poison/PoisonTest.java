package dev.leat.poison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobRecord;
import dev.leat.cli.Program;
import dev.leat.engine.Leat;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoisonTest {
    private static final int GOOD = 200;
    private static final int MOST_WORKERS = 12;

    @TempDir
    Path home;

    @Test
    void aJobThatKillsItsWorkersCostsItsNeighboursNothing() throws Exception {
        try (PostgresServer server = PostgresServer.start(PostgresServerConfig.at(home.resolve("postgres")));
                PostgresStores stores =
                        PostgresStores.open(PostgresConfig.of(server.url(), server.user(), server.password()))) {
            try (Leat leat = Leat.open(stores.jobs(), stores.control())) {
                List<Boolean> meals = new ArrayList<>(Collections.nCopies(GOOD, false));
                meals.add(GOOD / 2, true);
                leat.client().enqueueAll(PoisonWorker.MEAL, meals, EnqueueOptions.DEFAULT);
            }
            Inspect inspect = stores.jobs().feature(Inspect.class).orElseThrow();

            int deaths = 0;
            Process next = worker(server);
            try {
                for (int i = 0; i < MOST_WORKERS && !allEnded(inspect); i++) {
                    Process worker = next;
                    next = worker(server); // gets ready while the other works
                    deaths += workUntilDeadOrDone(worker, inspect) == PoisonWorker.DEATH ? 1 : 0;
                }
            } finally {
                next.destroyForcibly().waitFor();
            }

            List<JobRecord> jobs = inspect.find(
                    TenantName.MAIN,
                    inspect.list(JobQuery.of(TenantName.MAIN, QueueName.DEFAULT)).stream()
                            .map(JobHead::id)
                            .toList());
            assertThat(deaths).isEqualTo(5);
            assertThat(jobs).hasSize(GOOD + 1);
            for (JobRecord job : jobs) {
                boolean poison = job.payload().equals(Payload.json("true"));
                assertThat(job.state()).isEqualTo(poison ? JobState.DISCARDED : JobState.COMPLETED);
                assertThat(job.crashes()).isEqualTo(poison ? 3 : 0);
                assertThat(job.attempt()).isEqualTo(poison ? 3 : 1);
            }
        }
    }

    private static boolean allEnded(Inspect inspect) {
        return inspect.counts(TenantName.MAIN, QueueName.DEFAULT).keySet().stream()
                .allMatch(JobState::isFinal);
    }

    /** It does nothing before it is told to work. */
    private static Process worker(PostgresServer server) throws IOException {
        List<String> command = Program.java(PoisonWorker.class.getName());
        command.addAll(List.of(server.url(), server.user()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("PASSWORD", server.password());
        return builder.start();
    }

    /** The worker's exit code. */
    private static int workUntilDeadOrDone(Process process, Inspect inspect) throws IOException, InterruptedException {
        try (OutputStream input = process.getOutputStream()) {
            input.write('\n');
            input.flush();
            Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> !process.isAlive() || allEnded(inspect));
            input.close();
            return process.waitFor();
        } finally {
            process.destroyForcibly();
        }
    }
}
