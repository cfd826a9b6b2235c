package dev.leat.completion;

import dev.leat.engine.Leat;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.handler.RetryPolicy;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A worker process that says so when it has completed a job, and never commits that. Works until its standard input ends. */
final class CompletionWorker {
    static final String COMPLETED = "completed and not committed";

    /** Pays a number, which is a row in the table of payments. */
    static final JobKind<Integer> PAY = JobKind.of("pay", Integer.class).withRetry(RetryPolicy.fixed(Duration.ZERO));

    static final WorkerConfig CONFIG =
            WorkerConfig.DEFAULT.withSlots(256).withLease(Duration.ofSeconds(2)).withPoll(Duration.ofMillis(100));

    private CompletionWorker() {}

    static void pay(Connection connection, int number) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("insert into payment(number) values (?)")) {
            insert.setInt(1, number);
            insert.executeUpdate();
        }
    }

    public static void main(String[] args) throws Exception {
        String password = System.getenv("PASSWORD");
        try (PostgresStores stores = PostgresStores.open(
                        PostgresConfig.of(args[0], args[1], password).withSchema(args[2]));
                Leat leat = Leat.open(stores.jobs(), stores.control(), CONFIG)) {
            leat.handle(PAY, (number, job) -> {
                try (Connection connection =
                        DriverManager.getConnection(args[0] + "&currentSchema=" + args[2], args[1], password)) {
                    connection.setAutoCommit(false);
                    pay(connection, number);
                    job.complete(connection);
                    System.out.println(COMPLETED);
                    new CountDownLatch(1).await();
                }
            });
            leat.start();
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
