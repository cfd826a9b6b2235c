package dev.leat.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.Wakeups;
import dev.leat.api.store.Wakeups.Wakeup;
import dev.leat.engine.Leat;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import dev.leat.verify.faults.ActiveFault;
import dev.leat.verify.faults.FaultProxy;
import dev.leat.verify.faults.NetworkFault.HalfOpen;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A worker that polls once an hour runs at once what another process enqueues. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class WakeupTest {
    private static final JobKind<String> NOTE = JobKind.of("note", String.class);
    private static final WorkerConfig HOURLY =
            WorkerConfig.DEFAULT.withQueues().withSlots(4).withPoll(Duration.ofHours(1));

    @TempDir
    static Path home;

    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private static PostgresServer server;

    private final String schema = "leat_" + SCHEMAS.incrementAndGet();
    private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();
    private FaultProxy proxy;
    private PostgresStores ofWorker;
    private PostgresStores ofProducer;
    private Leat worker;
    private Leat producer;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(PostgresServerConfig.at(home.resolve("postgres")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() throws Exception {
        proxy = FaultProxy.to(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.port()));
        String url = server.url().replace(":" + server.port() + "/", ":" + proxy.port() + "/");
        ofWorker = PostgresStores.open(config(url));
        ofProducer = PostgresStores.open(config(server.url()));
        producer = Leat.open(ofProducer.jobs(), ofProducer.control());
        worker = Leat.open(ofWorker.jobs(), ofWorker.control(), HOURLY)
                .handle(NOTE, (note, job) -> ran.add(note))
                .start();
        producer.enqueue(NOTE, "first");
        assertThat(next()).isEqualTo("first");
    }

    private PostgresConfig config(String url) {
        return PostgresConfig.of(url, server.user(), server.password()).withSchema(schema);
    }

    @AfterEach
    void close() {
        worker.close();
        producer.close();
        ofWorker.close();
        ofProducer.close();
        proxy.close();
    }

    @Test
    void eachJobIsFoundAsItComes() throws Exception {
        for (int i = 0; i < 50; i++) {
            producer.enqueue(NOTE, "note " + i);
            assertThat(next()).isEqualTo("note " + i);
        }
    }

    @Test
    void whatIsEnqueuedInTheSameProcessIsFound() throws Exception {
        worker.enqueue(NOTE, "own");
        assertThat(next()).isEqualTo("own");
        try (Leat beside = Leat.open(ofWorker.jobs(), ofWorker.control())) {
            beside.enqueue(NOTE, "of another engine");
            assertThat(next()).isEqualTo("of another engine");
        }
    }

    @Test
    void theFirstJobOfANewQueueIsFoundToo() throws Exception {
        producer.enqueue(NOTE, "x", EnqueueOptions.DEFAULT.in("brand-new"));

        assertThat(next()).isEqualTo("x");
    }

    @Test
    void whatACallerCommitsIsFoundWhenItSaysSo() throws Exception {
        try (Connection connection = DriverManager.getConnection(server.url(), server.user(), server.password())) {
            connection.setAutoCommit(false);
            producer.client().enqueue(connection, NOTE, "with my rows", EnqueueOptions.DEFAULT);
            connection.commit();
        }
        producer.committed();

        assertThat(next()).isEqualTo("with my rows");
    }

    /**
     * While it is half-open, so that only asking can tell; nothing but the listener of these stores makes connections. When the
     * fault ends, the proxy resets what is left.
     */
    @Test
    void aConnectionThatIsHalfOpenIsNoticed() throws Exception {
        BlockingQueue<Wakeup> heard = new LinkedBlockingQueue<>();
        try (FaultProxy quiet =
                        FaultProxy.to(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.port()));
                PostgresStores stores = PostgresStores.open(
                        config(server.url().replace(":" + server.port() + "/", ":" + quiet.port() + "/")))) {
            stores.jobs().feature(Wakeups.class).orElseThrow().listen(heard::add);
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo(Wakeup.ANYWHERE);
            long made = quiet.traffic().accepted();
            try (ActiveFault fault = quiet.inject(new HalfOpen())) {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> quiet.traffic().accepted() > made);
            }

            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo(Wakeup.ANYWHERE);
        }
    }

    /** The worker's connections are reset, and it looks for what it may have missed. */
    @Test
    void whatWasEnqueuedMeanwhileIsFoundAfterAnOutage() throws Exception {
        try (ActiveFault fault = proxy.inject(new HalfOpen())) {
            producer.enqueue(NOTE, "unheard");
        }

        assertThat(next()).isEqualTo("unheard");
    }

    @Test
    void aPausedQueueStaysPaused() throws Exception {
        // Once it is settled, no claim is under way that was sent before the pause.
        JobId before = producer.enqueue(NOTE, "before").id();
        assertThat(next()).isEqualTo("before");
        Inspect inspect = ofProducer.jobs().feature(Inspect.class).orElseThrow();
        await().until(() -> inspect.find(TenantName.MAIN, before).orElseThrow().state() == JobState.COMPLETED);
        worker.pause(TenantName.MAIN, QueueName.DEFAULT);
        producer.enqueue(NOTE, "later");
        producer.enqueue(NOTE, "now", EnqueueOptions.DEFAULT.in("other"));
        assertThat(next()).isEqualTo("now");
        worker.resume(TenantName.MAIN, QueueName.DEFAULT);

        assertThat(List.of(next())).containsExactly("later");
    }

    private String next() throws InterruptedException {
        return ran.poll(30, TimeUnit.SECONDS);
    }
}
