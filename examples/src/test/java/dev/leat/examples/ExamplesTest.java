package dev.leat.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobState;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Inspect;
import dev.leat.engine.Leat;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples do what they say, and the page shows them as they are. */
class ExamplesTest {
    private static PostgresServer server;

    @BeforeAll
    static void startServer(@TempDir Path home) {
        server = PostgresServer.start(PostgresServerConfig.at(home.resolve("postgres")));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private static PostgresStores stores() {
        return PostgresStores.open(PostgresConfig.of(server.url(), server.user(), server.password()));
    }

    private static Map<JobState, Long> counts(PostgresStores stores) {
        return stores.jobs().feature(Inspect.class).orElseThrow().counts(TenantName.MAIN, QueueName.DEFAULT);
    }

    @Test
    void theQuickStartRunsItsJobBeforeItEnds() throws Exception {
        QuickStart.main(new String[] {server.url(), server.user(), server.password()});
        try (PostgresStores stores = stores()) {
            assertThat(counts(stores)).isEqualTo(Map.of(JobState.COMPLETED, 1L));
        }
    }

    @Test
    void orderAndShipmentAreStoredTogetherOrNotAtAll() throws Exception {
        Queue<Long> shipped = new ConcurrentLinkedQueue<>();
        CountDownLatch ran = new CountDownLatch(1);
        try (Connection connection = DriverManager.getConnection(server.url(), server.user(), server.password());
                Statement statement = connection.createStatement();
                PostgresStores stores = stores();
                Leat leat = Leat.open(stores.jobs(), stores.control())) {
            statement.execute("create table orders(id bigint primary key)");
            leat.handle(TransactionalEnqueue.SHIP, (shipment, job) -> {
                shipped.add(shipment.order());
                ran.countDown();
            });
            leat.start();

            TransactionalEnqueue.place(connection, leat, 1);
            assertThatThrownBy(() -> TransactionalEnqueue.place(connection, leat, 1))
                    .isInstanceOf(SQLException.class);

            assertThat(ran.await(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(shipped).containsExactly(1L);
    }

    @Test
    void thePageShowsTheQuickStartAsItIs() throws Exception {
        String source = Files.readString(Path.of("src/main/java/dev/leat/examples/QuickStart.java"));
        String shown = source.substring(
                        source.indexOf("// tag::readme\n") + "// tag::readme\n".length(),
                        source.indexOf("    // end::readme"))
                + "}\n";
        String page = Files.readString(Path.of("../README.md"));

        assertThat(page).contains("<!-- example: QuickStart -->\n```java\n" + shown + "```\n");
    }
}
