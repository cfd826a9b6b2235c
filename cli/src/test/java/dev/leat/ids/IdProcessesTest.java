package dev.leat.ids;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leat.api.JobId;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import dev.leat.engine.id.IdRun;
import dev.leat.engine.id.NodeLease;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Eight processes make ids over one control store that has only six node numbers for them. Their clocks run at different
 * speeds and jump, each sees another store time, some stand still for longer than their lease, all start again as new nodes
 * time and again, and some are killed and replaced; so numbers change hands, also while their holder still lives. No id is made twice.
 */
@Timeout(240)
class IdProcessesTest {
    private static final int PROCESSES = 8;
    private static final int FREE_NUMBERS = 6;
    private static final int ROUNDS = 2;
    private static final int KILLED_PER_ROUND = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TAKEN = """
        {"node":"other","until":4000000000,"status":"running","kinds":[],"last_seen":"2026-01-01T00:00:00Z",
        "metadata":{"host":"other","pid":1,"version":"test"}}\
        """;

    @TempDir
    private Path directory;

    private record Child(Process process, Path file, Path log) {}

    @Test
    void postgres() throws IOException, InterruptedException {
        try (PostgresServer server = PostgresServer.start(PostgresServerConfig.at(Path.of("target/postgres-ids")))) {
            String schema = "ids_" + UUID.randomUUID().toString().substring(0, 8);
            makesNoIdTwice(List.of("postgres", server.url(), server.user(), server.password(), schema));
        }
    }

    private void makesNoIdTwice(List<String> store) throws IOException, InterruptedException {
        try (SharedStore shared = SharedStore.open(store)) {
            takeAllNumbersBut(FREE_NUMBERS, shared.control());
        }
        List<Child> all = new ArrayList<>();
        List<Child> living = new ArrayList<>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                living.add(start(store, all));
            }
            for (int round = 0; round < ROUNDS; round++) {
                await().atMost(PATIENCE).until(() -> allMakeIds(living));
                for (int i = 0; i < KILLED_PER_ROUND; i++) {
                    living.removeFirst().process().destroyForcibly();
                    living.add(start(store, all));
                }
            }
            await().atMost(PATIENCE).until(() -> allMakeIds(living));
            assertThat(numbersOfSeveral(all)).isGreaterThanOrEqualTo(ROUNDS * KILLED_PER_ROUND);
            for (Child child : living) {
                child.process().getOutputStream().close();
            }
            for (Child child : living) {
                assertThat(child.process().waitFor(60, SECONDS)).isTrue();
                assertThat(child.process().exitValue()).as(() -> log(child)).isZero();
            }
        } finally {
            all.forEach(child -> child.process().destroyForcibly());
        }
        assertDistinct(all);
    }

    private static void takeAllNumbersBut(int free, ControlStore control) {
        for (int from = free; from <= JobId.MAX_NODE; from += ControlStore.MOST) {
            List<Change> changes = new ArrayList<>();
            for (int number = from; number < Math.min(from + ControlStore.MOST, JobId.MAX_NODE + 1); number++) {
                RecordKey key = new RecordKey(NodeLease.SPACE, String.format(Locale.ROOT, "%04d", number));
                changes.add(new Change.Put(key, Change.ABSENT, TAKEN));
            }
            assertThat(control.write(changes, null)).isInstanceOf(Written.Done.class);
        }
    }

    private Child start(List<String> store, List<Child> all) throws IOException {
        Path file = Files.createFile(directory.resolve("child-" + all.size() + ".runs"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                IdProcess.class.getName(),
                file.toString(),
                String.valueOf(all.size())));
        command.addAll(store);
        Path log = directory.resolve("child-" + all.size() + ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Child child = new Child(process, file, log);
        all.add(child);
        return child;
    }

    private static boolean allMakeIds(List<Child> living) {
        living.forEach(child ->
                assertThat(child.process().isAlive()).as(() -> log(child)).isTrue());
        return living.stream().allMatch(child -> read(child).size() > 20);
    }

    /** How many node numbers more than one process has made ids under. */
    private static long numbersOfSeveral(List<Child> all) {
        Map<Integer, Integer> processes = new HashMap<>();
        for (Child child : all) {
            Set<Integer> numbers = new HashSet<>();
            read(child).stream()
                    .filter(run -> !run.equals(IdProcess.NEW_NODE))
                    .forEach(run -> numbers.add(run.first().node()));
            numbers.forEach(number -> processes.merge(number, 1, Integer::sum));
        }
        return processes.values().stream().filter(count -> count > 1).count();
    }

    private static List<IdRun> read(Child child) {
        ByteBuffer bytes = ByteBuffer.wrap(content(child.file()));
        List<IdRun> runs = new ArrayList<>();
        while (bytes.remaining() >= IdProcess.BYTES_PER_RUN) {
            runs.add(new IdRun(bytes.getLong(), bytes.getInt()));
        }
        return runs;
    }

    private static String log(Child child) {
        return new String(content(child.log()), StandardCharsets.UTF_8);
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertDistinct(List<Child> all) {
        List<IdRun> everything = new ArrayList<>();
        for (Child child : all) {
            List<IdRun> ofOneNode = new ArrayList<>();
            for (IdRun run : read(child)) {
                if (run.equals(IdProcess.NEW_NODE)) {
                    assertIncreasing(ofOneNode);
                    ofOneNode.clear();
                } else {
                    ofOneNode.add(run);
                    everything.add(run);
                }
            }
            assertIncreasing(ofOneNode);
        }
        everything.sort(Comparator.comparingLong(IdRun::firstValue));
        assertIncreasing(everything);
    }

    private static void assertIncreasing(List<IdRun> runs) {
        long last = 0;
        for (IdRun run : runs) {
            assertThat(run.firstValue()).as("id %s", run.first()).isGreaterThan(last);
            assertThat(run.last().second()).isEqualTo(run.first().second());
            assertThat(run.last().node()).isEqualTo(run.first().node());
            last = run.last().value();
        }
    }
}
