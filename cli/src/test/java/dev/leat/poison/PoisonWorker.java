package dev.leat.poison;

import dev.leat.engine.Leat;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A worker process that dies on the spot when it runs the poison job. Works from the first line on its standard input to its end. */
final class PoisonWorker {
    static final JobKind<Boolean> MEAL = JobKind.of("meal", Boolean.class);
    static final int DEATH = 86;

    private static final WorkerConfig CONFIG =
            WorkerConfig.DEFAULT.withSlots(256).withLease(Duration.ofSeconds(2)).withPoll(Duration.ofMillis(100));

    private PoisonWorker() {}

    public static void main(String[] args) throws IOException {
        try (PostgresStores stores =
                PostgresStores.open(PostgresConfig.of(args[0], args[1], System.getenv("PASSWORD")))) {
            if (System.in.read() == '\n') {
                work(stores);
            }
        }
    }

    private static void work(PostgresStores stores) throws IOException {
        try (Leat leat = Leat.open(stores.jobs(), stores.control(), CONFIG)) {
            leat.handle(MEAL, (poison, job) -> {
                if (poison) {
                    Runtime.getRuntime().halt(DEATH);
                }
                // Long enough to be under way when the poison works.
                new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
            });
            leat.start();
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
