package dev.leat.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.wire.WireJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The whole torture, with {@code -Dtorture=MINUTES}: a minute of it takes about two. */
@EnabledIfSystemProperty(named = "torture", matches = "[0-9.]+")
class TortureTest {
    @TempDir
    Path home;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void everyPromiseIsKept() throws Exception {
        Path out = home.resolve("out");
        Process torture = torture(out, "--minutes", System.getProperty("torture"), "--json");

        assertThat(torture.waitFor()).as(Files.readString(out)).isZero();

        Map<?, ?> result = WireJson.STRICT.read(Files.readString(out).getBytes(UTF_8), Map.class);
        assertThat(result.get("violations")).isEqualTo(List.of());
        assertThat((int) result.get("acknowledged")).isGreaterThan(100);
        assertThat((int) result.get("faults")).isPositive();
        assertNothingIsLeft();
    }

    @Test
    void nothingIsLeftOfOneThatIsKilled() throws Exception {
        Process torture = torture(home.resolve("out"), "--minutes", "5", "--faults", "stop,server-stop");
        Path faults = home.resolve("data/history/torture.jsonl");
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> Files.exists(faults) && Files.readString(faults).contains("stop"));

        torture.destroyForcibly();

        assertNothingIsLeft();
    }

    @Test
    void nothingIsLeftOfOneThatIsToldToEnd() throws Exception {
        Process torture = torture(home.resolve("out"), "--minutes", "5", "--faults", "stop,server-stop");
        Path faults = home.resolve("data/history/torture.jsonl");
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> Files.exists(faults) && Files.readString(faults).contains("stop"));

        torture.destroy();

        assertThat(torture.waitFor()).isNotZero();
        assertNothingIsLeft();
    }

    private Process torture(Path out, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.leat.cli.Main",
                "torture",
                "--data",
                home.resolve("data").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(home.resolve("err").toFile())
                .start();
        started.add(process);
        return process;
    }

    /** No process of the load and none of the server, whose command lines and folders name this one. */
    private void assertNothingIsLeft() {
        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
                assertThat(processes.filter(this::isOurs)).isEmpty();
            }
        });
    }

    private boolean isOurs(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"))
                    .contains(home.resolve("data").toString());
        } catch (IOException e) {
            return false; // no process, or gone
        }
    }
}
