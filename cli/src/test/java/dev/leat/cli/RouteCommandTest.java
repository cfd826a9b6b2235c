package dev.leat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.cli.CommandRig.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code leat queues route} straight at the stores of a configuration. */
@Timeout(120)
class RouteCommandTest {
    @TempDir
    Path home;

    @Test
    void whatTheConfigurationRequiresOfABackendIsChecked() throws IOException {
        Path config = Files.writeString(
                home.resolve("leat.yaml"), """
                    store: {url: 'sqlite:%s'}
                    backends: {archive: {url: 'sqlite:%s'}}
                    queues: {orders: {requires: {transactional_enqueue: true}}}
                    """.formatted(home.resolve("main.db"), home.resolve("archive.db")));

        Ran refused = CommandRig.run("queues", "route", "orders", "archive", "--config", config.toString());
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err())
                .contains("backend of queue orders is archive, which lacks transactional-enqueue; allowed:");

        Ran routed = CommandRig.run("queues", "route", "mail", "archive", "--config", config.toString());
        assertThat(routed.out()).startsWith("mail  in archive from ");
        assertThat(routed.code()).isZero();
    }
}
