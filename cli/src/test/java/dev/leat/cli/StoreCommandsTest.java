package dev.leat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.cli.CommandRig.Ran;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.postgres.Diagnosis;
import dev.leat.wire.QueueView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands straight at a store, with no server there. */
@Timeout(180)
class StoreCommandsTest {
    @TempDir
    Path home;

    @Test
    void everythingWorksStraightAtAStore() throws IOException {
        try (PostgresServer postgres = PostgresServer.start(PostgresServerConfig.at(home.resolve("data")))) {
            Path config = Files.writeString(
                    home.resolve("leat.yaml"), """
                        store:
                          url: %s
                          user: %s
                          password: %s
                        """.formatted(url(postgres), postgres.user(), postgres.password()));

            Ran enqueued = ask(config, "enqueue", "mail", "note", "{\"a\": 1}");
            assertThat(enqueued.err()).isEmpty();
            String id = enqueued.out().split(" ", 2)[0];
            assertThat(ask(config, "jobs", "list").out()).contains(id).contains("available");
            assertThat(ask(config, "jobs", "cancel", id).out()).contains("cancelled");
            assertThat(ask(config, "jobs", "retry", id).out()).contains("available");
            ask(config, "queues", "pause", "mail");
            assertThat(ask(config, "queues", "list", "--json")
                            .read(QueueView.class)
                            .paused())
                    .as("what an earlier command paused")
                    .isTrue();

            assertThat(ask(config, "prune", "--json").out()).contains("\"completed\":0", "\"more\":false");

            Ran noKey = ask(config, "enqueue", "mail", "note", "--idempotency-key", "\u00fc");
            assertThat(noKey.code()).isEqualTo(2);
            assertThat(noKey.err())
                    .contains("'--idempotency-key'")
                    .contains("allowed: 1 to 255 printable ASCII characters without spaces");

            Ran refused = CommandRig.run(
                    "stats", "--store", url(postgres), "--user", postgres.user(), "--password-env", "PATH");
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.err()).startsWith("leat: PostgreSQL at ").contains("password");
        }
    }

    /** A node on it would take jobs that it may lose. */
    @Test
    void aDatabaseThatForgetsIsRefusedAndDiagnosed() throws IOException {
        try (PostgresServer postgres = PostgresServer.start(
                PostgresServerConfig.at(home.resolve("data")).withSetting("fsync", "off"))) {
            String yaml = """
                server: {port: 0}
                store:
                  url: %s
                  user: %s
                  password: %s
                """.formatted(url(postgres), postgres.user(), postgres.password());
            Path config = Files.writeString(home.resolve("leat.yaml"), yaml);

            Ran node = ask(config, "server");
            assertThat(node.code()).isEqualTo(1);
            assertThat(node.err()).contains("fsync off", "alter system set fsync = on", "store.durability: d1");

            Ran diagnosis = ask(config, "doctor", "postgres");
            assertThat(diagnosis.code()).isEqualTo(1);
            assertThat(diagnosis.out())
                    .startsWith("error    fsync is off: ")
                    .contains("         fix: alter system set fsync = on; select pg_reload_conf();");
            assertThat(ask(config, "doctor", "postgres", "--json")
                            .read(Diagnosis.class)
                            .findings())
                    .anyMatch(each -> each.code().equals("FSYNC_OFF"));

            Files.writeString(config, yaml + "  durability: d1\n");
            assertThat(ask(config, "stats").out()).contains("degraded");
            Ran allowed = ask(config, "doctor", "postgres");
            assertThat(allowed.code()).isEqualTo(0);
            assertThat(allowed.out()).startsWith("warning  fsync is off: ").contains("\njob ");
        }
    }

    @Test
    void aDoctorWithoutADatabaseSaysWhatIsMissing() {
        Ran both = CommandRig.run("doctor", "postgres", "--store", "jdbc:postgresql://h/d", "--config", "x");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err()).contains("--config and --store exclude each other");
        assertThat(CommandRig.run("doctor", "postgres", "--store", "jdbc:postgresql://h/d")
                        .err())
                .contains("--user is missing");
        assertThat(CommandRig.run("doctor", "postgres", "--user", "x").err()).contains("go with --store");
        assertThat(CommandRig.run("doctor", "postgres", "--store", "jdbc:postgresql://127.0.0.1:1/d", "--user", "u")
                        .err())
                .contains("cannot be reached");
    }

    private static String url(PostgresServer postgres) {
        return postgres.url().replaceFirst("\\?.*", "");
    }

    private static Ran ask(Path config, String... args) {
        return CommandRig.run(Stream.concat(Stream.of(args), Stream.of("--config", config.toString()))
                .toArray(String[]::new));
    }

    @Test
    void aConfigurationWithoutAStoreIsRefused() throws IOException {
        Path config = Files.writeString(home.resolve("leat.yaml"), "server: {port: 1}\n");
        Ran ran = ask(config, "stats");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("configures no store; set store.url");
    }
}
