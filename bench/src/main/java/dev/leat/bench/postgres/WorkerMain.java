package dev.leat.bench.postgres;

import dev.leat.api.store.Capabilities.Durability;
import dev.leat.engine.Leat;
import dev.leat.engine.handler.Handler;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * A process that runs jobs and says so: {@code ready}; {@code settled N} whenever it has settled some; and after it is told to
 * end {@code latency NANOS} for each job, if it measures that, and {@code handled N}. It is told {@code begin}, {@code rest}, after
 * which it says {@code rested} and may be told to begin again, and {@code end}; or ends with whoever started it.
 */
final class WorkerMain {
    static final String URL = "LEAT_BENCH_URL";
    static final String USER = "LEAT_BENCH_USER";
    static final String PASSWORD = "LEAT_BENCH_PASSWORD";

    /** What its handler does. */
    enum Work {
        /** Takes up to 20 ms and leaves a result of 1 KiB; 2,000 slots, all queues. */
        RESULT,
        /** Notes how long ago the time in the payload was; 64 slots, queue {@code default}. */
        LATENCY
    }

    private WorkerMain() {}

    public static void main(String[] args) throws IOException {
        Work work = Work.valueOf(args[1]);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Latencies latencies = new Latencies();
        LongAdder handled = new LongAdder();
        PostgresConfig config = PostgresConfig.of(set(URL), set(USER), set(PASSWORD))
                .withSchema(args[0])
                .withDurability(Durability.D1);
        Handler<String> handler = handler(work, latencies);
        try (PostgresStores stores = PostgresStores.open(config)) {
            out.println("ready");
            while (Objects.equals(in.readLine(), "begin")) {
                try (Leat leat = Leat.open(
                        new Settlements(stores.jobs(), settled -> out.println("settled " + settled), nanos -> {}),
                        stores.control(),
                        config(work))) {
                    leat.handle(LeatOnPostgres.KIND, (payload, job) -> {
                                handled.increment();
                                handler.handle(payload, job);
                            })
                            .start();
                    if (!Objects.equals(in.readLine(), "rest")) {
                        break; // told to end, or whoever started it is gone
                    }
                }
                out.println("rested");
            }
        }
        latencies.each(nanos -> out.println("latency " + nanos));
        out.println("handled " + handled.sum());
    }

    private static String set(String variable) {
        return Optional.ofNullable(System.getenv(variable))
                .orElseThrow(() -> new IllegalStateException(variable + " is not set"));
    }

    private static WorkerConfig config(Work work) {
        return switch (work) {
            case RESULT -> WorkerConfig.DEFAULT.withSlots(2_000).withQueues();
            case LATENCY -> WorkerConfig.DEFAULT;
        };
    }

    private static Handler<String> handler(Work work, Latencies latencies) {
        return switch (work) {
            case RESULT -> Handlers.leaving(Payloads.ofBytes(1_024), Handlers.takingUpTo(Duration.ofMillis(20)));
            case LATENCY -> Handlers.noting(latencies);
        };
    }
}
