package dev.leat.examples;

// tag::readme
import dev.leat.engine.Leat;
import dev.leat.engine.handler.JobKind;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import java.util.concurrent.CountDownLatch;

public final class QuickStart {
    record Welcome(String email, String name) {}

    static final JobKind<Welcome> WELCOME = JobKind.of("mail.welcome", Welcome.class);

    public static void main(String[] args) throws InterruptedException {
        var welcomed = new CountDownLatch(1);
        try (var stores = PostgresStores.open(PostgresConfig.of(args[0], args[1], args[2]));
                var leat = Leat.open(stores.jobs(), stores.control())) {
            leat.handle(WELCOME, (mail, job) -> {
                System.out.println("Welcome, " + mail.name() + "!");
                welcomed.countDown();
            });
            leat.start();

            leat.enqueue(WELCOME, new Welcome("ada@example.org", "Ada"));
            welcomed.await();
        } // close() lets running jobs finish; what did not start stays in PostgreSQL for the next start
    }
    // end::readme

    private QuickStart() {}
}
