package dev.leat.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.cli.Program;
import dev.leat.engine.codec.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole program on real files, with real processes that are really killed. */
class DemoTest {
    private static final Pattern WORKERS = Pattern.compile("workers \\(pid (\\d+), (\\d+)\\)");
    private static final int SMALL_FILES = 300;
    private static final int LARGE_FILES = 16;
    private static final long LARGE = 16L << 20;

    /** Takes far longer to hash than any of these tests runs. */
    private static final long ENDLESS = 1L << 40;

    @TempDir
    Path home;

    private Path tree;
    private Path data;
    private Path export;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void makeTree() throws IOException {
        tree = Files.createDirectories(home.resolve("tree"));
        data = home.resolve("data");
        export = home.resolve("sums.jsonl");
        for (int i = 0; i < SMALL_FILES; i++) {
            Path directory = Files.createDirectories(tree.resolve("d" + i % 7));
            Files.writeString(directory.resolve("small " + i + ".txt"), "line\n".repeat(i % 50));
        }
        for (int i = 0; i < LARGE_FILES; i++) {
            sparse("large" + i, LARGE + i);
        }
        Files.writeString(Path.of(URI.create("file://" + tree + "/no%FFutf8%0Aname")), "a\nb");
        Files.createSymbolicLink(tree.resolve("link"), tree.resolve("d1"));
    }

    private Path sparse(String name, long size) throws IOException {
        Path path = tree.resolve(name);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(size);
        }
        return path;
    }

    @AfterEach
    void endProcesses() throws Exception {
        for (Process process : started) {
            process.destroy();
            process.waitFor(60, TimeUnit.SECONDS);
        }
        killServer();
    }

    @Test
    void aKilledWorkerLosesNothingAndDoublesNothing() throws Exception {
        Run run = demo(tree.toString());
        long busy = run.workerThatReads(tree);

        kill(busy);

        assertThat(run.exitCode()).as(run.messages()).isZero();
        assertThat(run.messages()).containsPattern("worker [12] \\(pid " + busy + "\\) died");
        assertThat(run.answers()).contains("317 completed, 0 failed").containsPattern("ran again +[1-9]");
        assertExported(Map.of());
    }

    @Test
    void aKilledDatabaseIsStartedAgainAndLosesNothing() throws Exception {
        Run run = demo(tree.toString());
        run.workerThatReads(tree);

        killServer();

        assertThat(run.exitCode()).as(run.messages()).isZero();
        assertThat(run.answers()).contains("317 completed, 0 failed");
        assertExported(Map.of());
    }

    @Test
    void everythingKilledGoesOnWithResume() throws Exception {
        Path endless = sparse("endless", ENDLESS);
        Run run = demo(tree.toString());
        run.workerThatReads(endless);
        List<Long> workers = run.workers();

        run.process.destroyForcibly();
        workers.forEach(DemoTest::kill);
        killServer();
        run.exitCode();
        Files.delete(endless);

        Run refused = demo(tree.toString());
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.messages()).contains("go on with --resume, or start anew with --fresh");

        Run resumed = demo("--resume");
        assertThat(resumed.exitCode()).as(resumed.messages()).isZero();
        assertThat(resumed.answers())
                .contains("317 completed, 1 failed")
                .containsPattern("ran again +[1-9]")
                .contains("failed      " + endless + ": no such file");
        assertExported(Map.of(endless, "no such file"));
    }

    @Test
    void stoppedByTermItGoesOnWithResumeWithoutRunningAnythingAgain() throws Exception {
        Run run = demo(tree.toString());
        run.workerThatReads(tree);

        run.process.destroy();

        assertThat(run.exitCode()).isNotZero();
        assertThat(run.messages()).contains("stopped; go on with: leat demo --resume");
        Run resumed = demo("--resume", "--json");
        assertThat(resumed.exitCode()).as(resumed.messages()).isZero();
        assertThat(resumed.answers()).contains("\"completed\":317").contains("\"ranAgain\":0");
        assertExported(Map.of());
    }

    @Test
    void whatCannotBeListedIsToldOfAgainByAResumedRun() throws Exception {
        for (int i = 0; i < LARGE_FILES; i++) {
            Files.delete(tree.resolve("large" + i));
        }
        shell("n=$(printf 'x%.0s' $(seq 250)); for i in $(seq 20); do mkdir $n && cd $n || exit 1; done");
        try {
            Run run = demo(tree.toString(), "--json");
            assertThat(run.exitCode()).as(run.messages()).isZero();
            assertThat(run.answers()).contains("\"completed\":301").contains("\"notListed\":1");
            Run resumed = demo("--resume");
            assertThat(resumed.exitCode()).as(resumed.messages()).isZero();
            assertThat(resumed.answers()).contains("not listed  " + tree + "/xxx");
        } finally {
            shell("rm -rf x*");
        }
    }

    /** Names longer than a path may be are made and removed step by step. */
    private void shell(String script) throws Exception {
        Process shell = new ProcessBuilder("bash", "-c", script)
                .directory(tree.toFile())
                .inheritIO()
                .start();
        assertThat(shell.waitFor()).isZero();
    }

    private void assertExported(Map<Path, String> failed) throws Exception {
        Map<String, Map<?, ?>> rows = new HashMap<>();
        for (String line : Files.readAllLines(export)) {
            Map<?, ?> row = Json.STRICT.read(line, Map.class);
            String name = row.get("pathBase64") instanceof String base64
                    ? HexFormat.of().formatHex(Base64.getDecoder().decode(base64))
                    : HexFormat.of().formatHex(((String) row.get("path")).getBytes(UTF_8));
            assertThat(rows.put(name, row)).as("a second result of %s", row).isNull();
        }
        failed.forEach((path, why) -> {
            Map<?, ?> row = rows.remove(hex(path));
            assertThat(row.get("state")).isEqualTo("discarded");
            assertThat(row.get("error")).isEqualTo(why);
        });
        try (Stream<Path> paths = Files.walk(tree)) {
            List<Path> files = paths.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .toList();
            assertThat(rows).hasSize(files.size());
            for (Path file : files) {
                Map<?, ?> row = rows.get(hex(file));
                assertThat(row).as(file.toString()).isNotNull();
                assertThat(row.get("state")).isEqualTo("completed");
                assertThat(((Number) row.get("size")).longValue()).isEqualTo(Files.size(file));
                if (Files.size(file) < LARGE) {
                    byte[] bytes = Files.readAllBytes(file);
                    assertThat(row.get("sha256"))
                            .isEqualTo(HexFormat.of()
                                    .formatHex(
                                            MessageDigest.getInstance("SHA-256").digest(bytes)));
                    assertThat(((Number) row.get("lines")).longValue())
                            .isEqualTo(new String(bytes, UTF_8)
                                    .chars()
                                    .filter(c -> c == '\n')
                                    .count());
                }
            }
        }
    }

    private static String hex(Path path) {
        return HexFormat.of().formatHex(FileName.of(path).bytes());
    }

    private Run demo(String... arguments) throws IOException {
        List<String> command = Program.command("demo");
        command.addAll(List.of(arguments));
        command.addAll(List.of("--data", data.toString(), "--export", export.toString()));
        Path out = Files.createTempFile(home, "out", ".txt");
        Path err = Files.createTempFile(home, "err", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        started.add(process);
        return new Run(process, out, err);
    }

    private void killServer() throws IOException {
        if (!Files.exists(data)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(data)) {
            for (Path pid :
                    paths.filter(path -> path.endsWith("postmaster.pid")).toList()) {
                kill(Long.parseLong(Files.readAllLines(pid).getFirst().strip()));
            }
        }
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
        });
    }

    private record Run(Process process, Path out, Path err) {
        /** The workers' process ids, as soon as they are told. */
        List<Long> workers() throws IOException {
            Matcher matcher = WORKERS.matcher(messages());
            return matcher.find()
                    ? List.of(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)))
                    : List.of();
        }

        /** A worker that has a large file there open, and so a job that will run for a while yet. */
        long workerThatReads(Path there) throws IOException {
            await(() -> workers().stream().anyMatch(worker -> reads(worker, there)));
            return workers().stream()
                    .filter(worker -> reads(worker, there))
                    .findFirst()
                    .orElseThrow();
        }

        private static boolean reads(long worker, Path there) {
            try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(worker), "fd"))) {
                return open.anyMatch(file -> isLarge(file, there));
            } catch (IOException | UncheckedIOException e) {
                return false; // it has ended, or is just closing a file
            }
        }

        private static boolean isLarge(Path open, Path there) {
            try {
                Path file = Files.readSymbolicLink(open);
                return file.startsWith(there) && Files.size(file) >= LARGE;
            } catch (IOException e) {
                return false; // it has been closed since
            }
        }

        private void await(Callable<Boolean> condition) throws IOException {
            Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> condition.call() || !process.isAlive());
            assertThat(process.isAlive()).as("still running; " + messages()).isTrue();
        }

        int exitCode() throws InterruptedException {
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        }

        String messages() throws IOException {
            return Files.readString(err);
        }

        String answers() throws IOException {
            return Files.readString(out);
        }
    }
}
