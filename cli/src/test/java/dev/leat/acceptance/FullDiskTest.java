package dev.leat.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leat.api.store.Health;
import dev.leat.api.store.Inspect;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.launcher.PostgresWatch;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import dev.leat.verify.faults.ActiveFault;
import dev.leat.verify.faults.LoopDisk;
import dev.leat.verify.history.Event;
import dev.leat.verify.history.HistoryChecker;
import dev.leat.verify.history.Op;
import dev.leat.verify.history.Phase;
import dev.leat.verify.history.RecordedJobStore;
import dev.leat.verify.history.Recorder;
import dev.leat.verify.history.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL on a disk that runs full while producers and a worker are busy, and has room again. With {@code -Dfull.disk=true},
 * since it takes some seconds.
 */
@EnabledIfSystemProperty(named = "full.disk", matches = "true")
@Timeout(300)
class FullDiskTest {
    private static final long DISK = 192 << 20;
    private static final int FAILURES = 20;

    @TempDir
    Path home;

    private final List<Event> history = new ArrayList<>();

    @Test
    void everyPromiseIsKeptWhileTheDiskIsFullAndAllGoesOnAfter(TestReporter reporter) throws IOException {
        Optional<String> unavailable = LoopDisk.unavailable();
        assumeTrue(unavailable.isEmpty(), () -> unavailable.orElseThrow());
        Load load = new Load(1, 8_000);
        try (LoopDisk disk = LoopDisk.make(home.resolve("disk"), home.resolve("mounted"), DISK);
                PostgresServer server =
                        PostgresServer.start(PostgresServerConfig.at(disk.root().resolve("postgres")));
                PostgresStores stores =
                        PostgresStores.open(PostgresConfig.of(server.url(), server.user(), server.password()))) {
            Recorder recorder = new Recorder("all", System::nanoTime, history::addAll);
            RecordedJobStore store = new RecordedJobStore(stores.jobs(), recorder);
            try (Load.Running running = load.on(store)) {
                until(() -> load.accepted().size() > 100);
                int before;
                try (ActiveFault full = disk.fill()) {
                    until(() -> load.failures().size() >= FAILURES);
                    before = load.accepted().size();
                }
                try (PostgresWatch watch = server.watch()) { // without room for its log it goes down
                    until(() -> load.accepted().size() > before + 100);
                }
            }
            load.drain(store);

            Inspect inspect = stores.jobs().feature(Inspect.class).orElseThrow();
            assertThat(load.dishonest()).isEmpty();
            assertThat(load.missing(inspect)).isEmpty();
            Verdict verdict = judged(load, inspect, recorder);
            assertThat(verdict.violations()).isEmpty();
            assertThat(stores.jobs().health().status()).isEqualTo(Health.Status.HEALTHY);
            reporter.publishEntry("%d accepted, %d completed, %d failures"
                    .formatted(
                            load.accepted().size(),
                            load.completed().size(),
                            load.failures().size()));
        }
    }

    private Verdict judged(Load load, Inspect inspect, Recorder recorder) {
        recorder.record(
                recorder.call(),
                Op.FINAL,
                Phase.OK,
                List.copyOf(Load.records(inspect, load.asked()).values()),
                (event, job) -> event.job(job.id().value())
                        .attempt(job.attempt())
                        .maxAttempts(job.maxAttempts())
                        .crashes(job.crashes())
                        .word(job.state().word()));
        HistoryChecker checker = new HistoryChecker(Duration.ofMinutes(1));
        history.forEach(checker);
        return checker.verdict();
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofMinutes(1))
                .until(condition);
    }
}
