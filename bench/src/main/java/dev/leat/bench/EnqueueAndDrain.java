package dev.leat.bench;

import dev.leat.api.JobState;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Inspect;
import dev.leat.engine.Leat;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * How fast jobs go in and through, on a PostgreSQL of its own, beside plain inserts of the same bytes on the same server in the
 * same run. Arguments: how many jobs (default 100,000), slots (default 256).
 */
public final class EnqueueAndDrain {
    private static final int BATCH = 1_000;
    private static final JobKind<String> NOTHING = JobKind.of("bench.nothing", String.class);
    private static final String PAYLOAD = "x".repeat(200);

    private EnqueueAndDrain() {}

    public static void main(String[] args) throws Exception {
        int jobs = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
        int slots = args.length > 1 ? Integer.parseInt(args[1]) : 256;
        Path home = Files.createTempDirectory("leat-bench");
        try (PostgresServer server = PostgresServer.start(PostgresServerConfig.at(home))) {
            run(server, jobs, slots).print(System.out);
        }
    }

    /** Jobs a second, each over the whole run from the first call to the last answer. */
    record Figures(int jobs, long completed, double rawInsert, double enqueue, double drain) {
        void print(PrintStream out) {
            out.printf(
                    "{\"jobs\":%d,\"completed\":%d,\"rawInsertPerSecond\":%.0f,\"enqueuePerSecond\":%.0f,\"drainPerSecond\":%.0f,\"ratios\":{\"enqueue"
                        + " vs raw insert\":%.2f,\"drain vs raw insert\":%.2f}}%n",
                    jobs, completed, rawInsert, enqueue, drain, enqueue / rawInsert, drain / rawInsert);
        }
    }

    static Figures run(PostgresServer server, int jobs, int slots) throws Exception {
        double rawInsert = perSecond(jobs, () -> insert(server, jobs));
        PostgresConfig config = PostgresConfig.of(server.url(), server.user(), server.password());
        CountDownLatch left = new CountDownLatch(jobs);
        try (PostgresStores stores = PostgresStores.open(config)) {
            double enqueue;
            double drain;
            try (Leat leat = Leat.open(stores.jobs(), stores.control(), WorkerConfig.DEFAULT.withSlots(slots))) {
                leat.handle(NOTHING, (payload, job) -> left.countDown());
                List<String> payloads = Collections.nCopies(BATCH, PAYLOAD);
                enqueue = perSecond(jobs, () -> {
                    for (int sent = 0; sent < jobs; sent += BATCH) {
                        leat.client()
                                .enqueueAll(
                                        NOTHING,
                                        payloads.subList(0, Math.min(BATCH, jobs - sent)),
                                        EnqueueOptions.DEFAULT);
                    }
                });
                drain = perSecond(jobs, () -> {
                    leat.start();
                    left.await();
                });
            }
            long completed = stores.jobs()
                    .feature(Inspect.class)
                    .orElseThrow()
                    .counts(TenantName.MAIN, QueueName.DEFAULT)
                    .getOrDefault(JobState.COMPLETED, 0L);
            return new Figures(jobs, completed, rawInsert, enqueue, drain);
        }
    }

    /** The same payloads into a table with a key and nothing else, a thousand in each transaction. */
    private static void insert(PostgresServer server, int rows) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.url(), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute("create table raw(id bigint primary key, payload bytea not null)");
            connection.setAutoCommit(false);
            byte[] payload = ('"' + PAYLOAD + '"').getBytes(StandardCharsets.UTF_8);
            try (PreparedStatement insert =
                    connection.prepareStatement("insert into raw select * from unnest(?::bigint[], ?::bytea[])")) {
                for (int from = 0; from < rows; from += BATCH) {
                    int n = Math.min(BATCH, rows - from);
                    Long[] ids = new Long[n];
                    byte[][] payloads = new byte[n][];
                    for (int i = 0; i < n; i++) {
                        ids[i] = (long) from + i;
                        payloads[i] = payload;
                    }
                    insert.setArray(1, connection.createArrayOf("int8", ids));
                    insert.setArray(2, connection.createArrayOf("bytea", payloads));
                    insert.executeUpdate();
                    connection.commit();
                }
            }
        }
    }

    private static double perSecond(int jobs, Work work) throws Exception {
        long from = System.nanoTime();
        work.run();
        return jobs * 1e9 / (System.nanoTime() - from);
    }

    private interface Work {
        void run() throws Exception;
    }
}
