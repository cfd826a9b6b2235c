package dev.leat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows first does what it says, in that order. */
class FiveMinutesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path SCRIPT = ROOT.resolve("examples/five-minutes.sh");
    private static final String SERVER = "http://127.0.0.1:8080";
    private static final Pattern COMMAND = Pattern.compile("(?m)^(?:\\./)?(leat|curl) .*$");

    @TempDir
    Path home;

    @Test
    void thePathThroughTheFirstFiveMinutesIsWalkedInTwo() throws Exception {
        Path out = home.resolve("out");
        ProcessBuilder builder = new ProcessBuilder("bash", SCRIPT.toString())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().put("LEAT", program().toString());
        builder.environment().put("TMPDIR", home.toString());
        Process script = builder.start();
        try {
            assertThat(script.waitFor(120, TimeUnit.SECONDS))
                    .as("ended in time; it said:\n" + Files.readString(out))
                    .isTrue();
            assertThat(script.exitValue()).as(Files.readString(out)).isZero();
            assertThat(Files.readString(out)).endsWith("== Done.\n");
        } finally {
            script.destroy();
            script.waitFor(30, TimeUnit.SECONDS);
        }
    }

    /** The program from the classes under test, so that no jar need be built first. */
    private Path program() throws IOException {
        Path program = Files.writeString(home.resolve("leat"), """
            #!/bin/sh
            exec '%s' "$@"
            """.formatted(String.join("' '", Program.command())));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return program;
    }

    @Test
    void theReadmeShowsTheCommandsOfTheScriptInTheirOrder() throws IOException {
        String page = Files.readString(ROOT.resolve("README.md"));
        String start = page.substring(page.indexOf("## Try it"), page.indexOf("## Use it"));
        List<String> shown = commands(start).stream()
                .filter(command -> !command.startsWith("leat dev") && !command.startsWith("leat demo"))
                .toList();
        List<String> done = commands(Files.readString(SCRIPT)
                .replaceAll("(?m)^\\s+", "")
                .replace("'$url'", SERVER)
                .replace("$url", SERVER)
                .replace("\"$id\"", "ID"));
        assertThat(shown).hasSizeGreaterThan(4);
        assertThat(done).containsSubsequence(shown);
    }

    private static List<String> commands(String text) {
        return COMMAND.matcher(text)
                .results()
                .map(match -> match.group().replaceFirst("^\\./", ""))
                .toList();
    }
}
