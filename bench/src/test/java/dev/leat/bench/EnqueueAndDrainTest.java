package dev.leat.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnqueueAndDrainTest {
    @Test
    void everyJobThatIsMeasuredIsCompleted(@TempDir Path home) throws Exception {
        try (PostgresServer server = PostgresServer.start(PostgresServerConfig.at(home.resolve("postgres")))) {
            EnqueueAndDrain.Figures figures = EnqueueAndDrain.run(server, 2_500, 64);

            assertThat(figures.completed()).isEqualTo(2_500);
        }
    }
}
