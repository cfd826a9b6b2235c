package dev.leat.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.kinds.BuiltinKinds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * The screens in a real Chromium, by {@code dashboard/e2e/screens.mjs}. Where there is no Chromium it is skipped, unless
 * {@code -Dbrowser=required}. With {@code -Dscreenshots=FOLDER} it leaves pictures.
 */
class BrowserTest {
    private static final Path DASHBOARD = Path.of("..", "dashboard");

    @TempDir
    Path home;

    @Test
    void theScreensShowWhatHappens(TestReporter reporter) throws Exception {
        Optional<Path> chromium = chromium();
        boolean possible = chromium.isPresent() && Files.isDirectory(DASHBOARD.resolve("node_modules"));
        if (!Objects.equals(System.getProperty("browser"), "required")) {
            assumeTrue(possible, "needs Chromium on the PATH, and Node when the dashboard was built");
        }
        assertThat(chromium).as("Chromium on the PATH").isPresent();
        Path log = home.resolve("browser.txt");
        try (Node node = new Node(
                home.resolve("node"), Map.of(), leat -> BuiltinKinds.register(leat, LeatConfig.DEFAULT.kinds()))) {
            List<String> command = new ArrayList<>(List.of(
                    "node",
                    "e2e/screens.mjs",
                    node.server.uri().toString(),
                    chromium.orElseThrow().toString()));
            String screenshots = System.getProperty("screenshots");
            if (screenshots != null) {
                command.add(Path.of(screenshots).toAbsolutePath().toString());
            }
            Process browser = new ProcessBuilder(command)
                    .directory(DASHBOARD.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                assertThat(browser.waitFor(5, TimeUnit.MINUTES))
                        .as("ends by itself")
                        .isTrue();
            } finally {
                browser.descendants().forEach(ProcessHandle::destroyForcibly);
                browser.destroyForcibly();
            }
            String said = Files.readString(log);
            reporter.publishEntry("browser", said);
            assertThat(browser.exitValue()).as(said).isZero();
        }
    }

    private static Optional<Path> chromium() {
        try (Stream<String> folders = Stream.of(System.getenv("PATH").split(":", -1))) {
            return folders.flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                            .map(name -> Path.of(folder, name)))
                    .filter(Files::isExecutable)
                    .findFirst();
        }
    }
}
