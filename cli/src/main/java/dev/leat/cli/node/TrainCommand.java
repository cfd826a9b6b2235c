package dev.leat.cli.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.client.ClientConfig;
import dev.leat.client.HttpLeatApi;
import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.kinds.BuiltinKinds;
import dev.leat.engine.memory.InMemoryControlStore;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.server.LeatServer;
import dev.leat.wire.EnqueueJob;
import dev.leat.wire.JobFilter;
import dev.leat.wire.QueueFilter;
import dev.leat.wire.RawJson;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code leat train}: does once what a node and a command do when they start, so that the JVM can record the classes of it. In
 * memory and on a free port, so it leaves nothing behind and is in nobody's way.
 */
@Command(
        name = "train",
        hidden = true,
        description = "Starts a node in memory, asks it a few things and ends; run by the script leat.")
public final class TrainCommand implements Callable<Integer> {
    private static final int MOST_LOOKS = 100;
    private static final List<String> DRIVERS = List.of(
            "org.postgresql.Driver",
            "org.postgresql.jdbc.PgConnection",
            "com.zaxxer.hikari.HikariDataSource",
            "org.flywaydb.core.Flyway",
            "org.flywaydb.database.postgresql.PostgreSQLDatabaseType");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        LeatConfig config = LeatConfig.CONFIG.read(Map.of("LEAT_SERVER_PORT", "0"));
        long start = System.nanoTime();
        InstantSource clock =
                () -> Instant.EPOCH.plusNanos(System.nanoTime() - start).plusSeconds(JobId.EPOCH_SECOND);
        try (LeatServer server = LeatServer.start(
                        config,
                        new InMemoryJobStore(clock),
                        new InMemoryControlStore(clock),
                        leat -> BuiltinKinds.register(leat, config.kinds()),
                        Version.number());
                HttpLeatApi api = new HttpLeatApi(ClientConfig.at(server.uri()))) {
            ask(api);
        }
        for (String driver : DRIVERS) {
            Class.forName(driver);
        }
        spec.root().commandLine().usage(new PrintWriter(OutputStream.nullOutputStream(), false, UTF_8));
        return 0;
    }

    private static void ask(HttpLeatApi api) throws InterruptedException {
        EnqueueJob job = new EnqueueJob(
                QueueName.DEFAULT,
                new KindName("sleep"),
                RawJson.of("{\"millis\":1}"),
                null,
                null,
                null,
                null,
                null,
                null);
        JobId id = api.enqueue(List.of(job), "trained").jobs().getFirst().id();
        for (int i = 0; i < MOST_LOOKS && api.job(id).state() != JobState.COMPLETED; i++) {
            var _ = new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
        }
        api.jobs(JobFilter.ALL);
        api.queues(QueueFilter.FIRST);
        api.stats();
    }
}
