package dev.leat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.cli.CommandRig.Ran;
import dev.leat.cli.settings.DataFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is told before anything runs: mistakes in the configuration, and what a node lacks to start. */
@Timeout(120)
class SettingsCommandsTest {
    @TempDir
    Path home;

    private Path yaml(String text) throws IOException {
        return Files.writeString(home.resolve("leat.yaml"), text);
    }

    @Test
    void everyMistakeIsPrinted() throws IOException {
        Path file = yaml("server:\n  port: x\nworker:\n  slots: 0\n");
        Ran ran = CommandRig.run("config", "check", file.toString());
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out().lines())
                .hasSize(2)
                .first()
                .asString()
                .startsWith(file + ":2:9: server.port is \"x\"; allowed: ");
        assertThat(CommandRig.run("config", "check", "--json", file.toString()).out())
                .contains("\"path\":\"server.port\"")
                .contains("\"line\":4");

        assertThat(CommandRig.run("config", "check", yaml("server: {port: 1}").toString())
                        .out())
                .contains("is in order");
        assertThat(CommandRig.run("config", "check", home.resolve("none").toString())
                        .code())
                .isEqualTo(1);
    }

    /** What a node would refuse when it starts is refused before, by the same check. */
    @Test
    void whatNoNodeStartsWithIsAMistake() throws IOException {
        Path open = yaml("server:\n  host: 0.0.0.0\n");
        String mistake =
                open + ":2:9: server.host is 0.0.0.0, which other machines can reach, and there are no keys yet;"
                        + " allowed: 127.0.0.1, ::1 or localhost";
        Ran checked = CommandRig.run("config", "check", open.toString());
        assertThat(checked.code()).isEqualTo(1);
        assertThat(checked.out().strip()).isEqualTo(mistake);
        assertThat(CommandRig.run("server", "--config", open.toString()).err()).contains(mistake);

        Path idle = yaml("kinds: {http: {enabled: false}, sleep: {enabled: false}, fail: {enabled: false}}");
        String noKinds = idle + ":1:8: kinds are all switched off, but worker.enabled is true";
        assertThat(CommandRig.run("config", "check", idle.toString()).out()).startsWith(noKinds);
        assertThat(CommandRig.run("dev", "--config", idle.toString(), "--data", home.toString())
                        .err())
                .contains(noKinds);
    }

    @Test
    void theReferenceIsThePageOfTheDocumentation() throws IOException {
        assertThat(CommandRig.run("config", "reference").out())
                .isEqualTo(Files.readString(Path.of("../docs/configuration.md")));
    }

    @Test
    void theCompletionKnowsTheCommands() {
        assertThat(CommandRig.run("completion").out())
                .contains("complete -F")
                .contains("enqueue")
                .contains("--max-attempts");
    }

    @Test
    void aNodeWithoutAPlaceForJobsSaysWhatToDo() throws IOException {
        Path file = yaml("server: {port: 0}");
        Ran ran = CommandRig.run("server", "--config", file.toString());
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err())
                .contains("no store is configured")
                .contains("store.url")
                .contains("--data DIR");

        Path store = yaml("store: {url: 'jdbc:postgresql://127.0.0.1:1/none', user: me}");
        assertThat(CommandRig.run("server", "--config", store.toString(), "--data", home.toString())
                        .err())
                .contains("leave one of them out");
        assertThat(CommandRig.run("dev", "--config", store.toString()).err())
                .contains("leat dev brings its own PostgreSQL");
        assertThat(CommandRig.run("server", "--config", store.toString()).err())
                .startsWith("leat: PostgreSQL at jdbc:postgresql://127.0.0.1:1/none cannot be reached");
        assertThat(CommandRig.run("dev", "--port", "65536").code()).isEqualTo(2);
    }

    @Test
    void aPortThatIsTakenIsNamedWithTheWayOut() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            Ran ran = CommandRig.run("dev", "--data", home.resolve("data").toString(), "--port", port);
            assertThat(ran.code()).isEqualTo(1);
            assertThat(ran.err())
                    .contains("leat: port " + port + " of 127.0.0.1 is in use")
                    .contains("--port or server.port")
                    .contains("--port 0");
            assertThat(home.resolve("data/postgres"))
                    .as("no database is started for nothing")
                    .doesNotExist();
            Path store = yaml("store: {url: 'jdbc:postgresql://127.0.0.1:1/none', user: me}");
            assertThat(CommandRig.run("server", "--config", store.toString(), "--port", port)
                            .err())
                    .contains("leat: port " + port + " of 127.0.0.1 is in use");
        }
    }

    @Test
    void aFolderThatAnotherUsesIsNamedWithTheWayOut() throws IOException {
        try (DataFolder taken = DataFolder.taken(home, "dev")) {
            Ran ran = CommandRig.run("dev", "--data", taken.path().toString());
            assertThat(ran.code()).isEqualTo(1);
            assertThat(ran.err())
                    .contains("another dev is using " + home.toRealPath())
                    .contains("--data");
        }
    }
}
