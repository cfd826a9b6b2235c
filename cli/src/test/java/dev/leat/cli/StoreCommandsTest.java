package dev.leat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.cli.CommandRig.Ran;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
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
