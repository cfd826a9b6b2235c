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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /** What a store's driver has to say is said before anything is opened, and at its place. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "url: 'postgres://u:s3cr@h', user: u | 14: store.url is of no store that is installed; allowed:"
                        + " kv:/path/to/directory, jdbc:postgresql://host:port/database, redis://host:port,"
                        + " redis-streams://host:port, sqlite:/path/to/leat.db",
                "url: 'jdbc:postgresql://me:s3cr@h/d', user: u | 14: store.url is no PostgreSQL JDBC URL, or names a"
                        + " user before the host; allowed: such as jdbc:postgresql://localhost:5432/app, with user and"
                        + " password beside it",
                "url: 'jdbc:postgresql://h/d' | 8: store.user is missing; allowed: a user of the database",
                "url: 'jdbc:postgresql://h/d', user: u, schema: pg_x | 56: store.schema has a name that is not allowed;"
                        + " allowed: 1 to 63 characters of a-z, 0-9 and '_', the first no digit, not starting with pg_",
                "url: 'sqlite:leat.db', schema: x | 40: store.schema is no option of this store; allowed: none",
                "url: 'sqlite:leat.db', user: me | 38: store.user is given, but this store knows no users; allowed:"
                        + " none",
                "url: 'redis://me:s3cr@h' | 14: store.url is no URL of a Redis server, or holds a user or password;"
                        + " allowed: such as redis://localhost:6379, with user and password beside it",
                "url: 'keydb://h', config: {key_prefix: -} | 8: store config.key_prefix is \"-\"; allowed: 1 to 63"
                        + " characters of a-z, 0-9, '.', '_', ':' and '-', the first a letter or a digit",
                "url: 'redis://h/1', config: {database: 2} | 8: store config.database is given beside a URL that names"
                        + " one too; allowed: one of the two",
                "url: 'sqlite:leat.db', config: {a: b} | 8: store config.a is no option of this store; allowed: none",
                "url: 'sqlite:leat.db', durability: d3 | 44: store.durability is d3, which a file on one machine cannot"
                        + " give; allowed: d2 or less",
                "url: 'sqlite:leat.db', driver: mysql | 40: store.driver is \"mysql\", which is not installed;"
                        + " allowed: kv, postgres, redis, redis-streams, sqlite",
                "url: 'kv:leat', user: me | 31: store.user is given, but this store knows no users; allowed: none",
                "url: 'kv://leat' | 14: store.url is no URL of a key-value store; allowed: kv:/path/to/directory, the"
                        + " path of a directory, and nothing behind it",
                "url: 'sqlite:leat.db?x=s3cr' | 14: store.url is no SQLite URL; allowed: sqlite:/path/to/leat.db, the"
                        + " path of a file, and nothing behind it"
            })
    void whatAStoreIsNotOpenedWithIsAMistake(String store, String mistake) throws IOException {
        Path file = yaml("store: {" + store + "}");
        Ran checked = CommandRig.run("config", "check", file.toString());
        assertThat(checked.code()).isEqualTo(1);
        assertThat(checked.out().strip()).isEqualTo(file + ":1:" + mistake).doesNotContain("s3cr");
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
