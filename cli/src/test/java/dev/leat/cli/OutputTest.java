package dev.leat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole program in a shell, when what it says cannot be written. */
@Timeout(180)
class OutputTest {
    @TempDir
    Path home;

    @AfterAll
    static void close() {
        CommandRig.closeAll();
    }

    /** @param line for bash; {@code leat} in it is the program */
    private CommandRig.Ran shell(String line) throws IOException, InterruptedException {
        Path out = home.resolve("out");
        Path err = home.resolve("err");
        String script = """
            leat() { '%s' "$@"; }
            %s
            """.formatted(String.join("' '", Program.command()), line);
        Process shell = new ProcessBuilder("bash", "-c", script)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(shell.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new CommandRig.Ran(shell.exitValue(), Files.readString(out), Files.readString(err));
    }

    @ParameterizedTest
    @ValueSource(strings = {"completion", "--help", "config reference"})
    void aFullDiskIsAFailure(String command) throws Exception {
        CommandRig.Ran ran = shell("leat " + command + " > /dev/full");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).isEqualTo("leat: the output cannot be written (No space left on device)\n");
    }

    @Test
    void aListThatNobodyReadsAnyMoreEndsWithoutAWord() throws Exception {
        CommandRig rig = new CommandRig(false);
        Path file = Files.write(home.resolve("jobs"), Collections.nCopies(3_000, "{\"kind\":\"note\"}"));
        assertThat(rig.ask("enqueue", "--file", file.toString()).code()).isZero();
        String list = "leat jobs list --all --json --server " + rig.server.uri();

        CommandRig.Ran read = shell(list + " | head -1; exit ${PIPESTATUS[0]}");
        assertThat(read.err()).isEmpty();
        assertThat(read.code()).isEqualTo(141);
        assertThat(read.out()).hasLineCount(1);

        CommandRig.Ran full = shell(list + " > /dev/full");
        assertThat(full.code()).isEqualTo(1);
        assertThat(full.err())
                .hasLineCount(1)
                .contains("\"code\":\"OUTPUT_LOST\"")
                .contains("No space left on device");
    }

    /** Whoever feeds it has not come to the end yet. Jobs that are stored and not yet answered for are sent again. */
    @ParameterizedTest
    @ValueSource(strings = {"", "--json"})
    void anInterruptedFileSaysHowToGoOn(String json) throws Exception {
        CommandRig rig = new CommandRig(false);
        Path err = home.resolve("err");
        List<String> command = Program.command(
                "enqueue", "--file", "-", "--server", rig.server.uri().toString());
        if (!json.isEmpty()) {
            command.add(json);
        }
        Process leat = new ProcessBuilder(command).redirectError(err.toFile()).start();
        try {
            OutputStream in = leat.getOutputStream();
            in.write("{\"kind\":\"note\"}\n".repeat(2_500).getBytes(UTF_8));
            in.flush();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> rig.ask("queues", "list").out().contains("2000"));
            new ProcessBuilder("kill", "-INT", Long.toString(leat.pid()))
                    .start()
                    .waitFor();
            assertThat(leat.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(leat.exitValue()).isEqualTo(130);
            assertThat(Files.readString(err))
                    .containsPattern("the first [12]000 jobs are enqueued; to go on, run the same command again")
                    .contains(json.isEmpty() ? "leat: interrupted\n" : "\"code\":\"INTERRUPTED\"");
        } finally {
            leat.destroyForcibly();
        }
    }
}
