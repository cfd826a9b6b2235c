package dev.leat.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Inspect;
import dev.leat.engine.Leat;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
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
import org.postgresql.ds.PGSimpleDataSource;

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
    void aPaymentIsBookedOnceThoughItsJobRunsTwice() throws Exception {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(server.url());
        database.setUser(server.user());
        database.setPassword(server.password());
        CountDownLatch ran = new CountDownLatch(2);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                PostgresStores stores = stores();
                Leat leat = Leat.open(stores.jobs(), stores.control(), WorkerConfig.DEFAULT.withQueues("payments"))) {
            statement.execute("create table booking(account bigint, cents bigint)");
            // Refused at the commit of the first run: after the job was completed in it.
            statement.execute("""
                create sequence booked;
                create function first_fails() returns trigger language plpgsql as $$
                begin
                  if nextval('booked') = 1 then raise exception 'not this time'; end if;
                  return null;
                end $$;
                create constraint trigger first_fails after insert on booking deferrable initially deferred
                for each row execute function first_fails()\
                """);
            TransactionalCompletion books = new TransactionalCompletion(database);
            leat.handle(TransactionalCompletion.BOOK, (payment, job) -> {
                try {
                    books.handle(payment, job);
                } finally {
                    ran.countDown();
                }
            });
            leat.start();

            JobId id = leat.enqueue(TransactionalCompletion.BOOK, new TransactionalCompletion.Payment(7, 1_000))
                    .id();

            assertThat(ran.await(1, TimeUnit.MINUTES)).isTrue();
            assertThat(stores.jobs()
                            .feature(Inspect.class)
                            .orElseThrow()
                            .find(TenantName.MAIN, id)
                            .orElseThrow()
                            .state())
                    .isEqualTo(JobState.COMPLETED);
            try (ResultSet bookings = statement.executeQuery("select count(*) from booking")) {
                bookings.next();
                assertThat(bookings.getInt(1)).isEqualTo(1);
            }
        }
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
