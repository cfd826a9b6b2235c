package dev.leat.cli.demo;

import dev.leat.engine.Leat;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** One worker process of the demo: works until its standard input ends. */
@Command(name = "demo-worker", hidden = true, description = "One worker process of the demo; started by leat demo.")
public final class DemoWorker implements Callable<Integer> {
    static final String URL = "LEAT_DEMO_URL";
    static final String USER = "LEAT_DEMO_USER";
    static final String PASSWORD = "LEAT_DEMO_PASSWORD";

    /** Short, so that the jobs of a killed worker are back within seconds. */
    private static final WorkerConfig CONFIG = WorkerConfig.DEFAULT
            .withQueues(FileSummer.QUEUE)
            .withSlots(32)
            .withLease(Duration.ofSeconds(6))
            .withPoll(Duration.ofMillis(200))
            .withGrace(Duration.ofSeconds(20));

    static PostgresConfig database(Map<String, String> environment) {
        return PostgresConfig.of(needed(environment, URL), needed(environment, USER), needed(environment, PASSWORD))
                .withConnections(4);
    }

    private static String needed(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is not set; this command is started by leat demo");
        }
        return value;
    }

    @Override
    public Integer call() throws IOException {
        try (PostgresStores stores = PostgresStores.open(database(System.getenv()));
                Leat leat = Leat.open(stores.jobs(), stores.control(), CONFIG)) {
            leat.handle(FileSummer.KIND, new FileSummer()).start();
            System.in.transferTo(OutputStream.nullOutputStream());
        }
        return 0;
    }
}
