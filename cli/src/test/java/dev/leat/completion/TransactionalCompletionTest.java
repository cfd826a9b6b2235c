package dev.leat.completion;

import static dev.leat.completion.CompletionWorker.PAY;
import static dev.leat.completion.CompletionWorker.pay;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Transactional;
import dev.leat.api.store.Transactional.Completion;
import dev.leat.cli.Program;
import dev.leat.engine.Leat;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.client.Receipt;
import dev.leat.engine.handler.Handler;
import dev.leat.engine.handler.JobContext;
import dev.leat.engine.handler.JobSignal;
import dev.leat.engine.handler.LeaseLostException;
import dev.leat.engine.observe.JobEvent;
import dev.leat.engine.observe.ObservedJobStore;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a handler writes and its job's completion are committed together, whatever happens to the handler. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class TransactionalCompletionTest {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    /** So that a busy machine loses none. */
    private static final Duration LONG = Duration.ofSeconds(30);

    private static final Duration SHORT = Duration.ofSeconds(5);

    private static PostgresServer server;

    private final String schema = "leat_" + SCHEMAS.incrementAndGet();
    private final Queue<JobEvent> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger runs = new AtomicInteger();
    private PostgresStores stores;
    private Leat leat;

    @BeforeAll
    static void startServer(@TempDir Path home) {
        server = PostgresServer.start(PostgresServerConfig.at(home.resolve("postgres")));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void open() throws SQLException {
        stores = PostgresStores.open(PostgresConfig.of(server.url(), server.user(), server.password())
                .withSchema(schema));
        execute("create table payment(number int not null)");
        leat = open(LONG);
    }

    private Leat open(Duration lease) {
        return Leat.open(
                new ObservedJobStore(stores.jobs(), events::addAll, told -> {}),
                stores.control(),
                CompletionWorker.CONFIG.withLease(lease));
    }

    private void withShortLeases() {
        leat.close();
        leat = open(SHORT);
    }

    @AfterEach
    void close() {
        leat.close();
        stores.close();
    }

    // Commit.

    @Test
    void whatAHandlerWritesIsCommittedWithItsCompletion() throws Exception {
        Semaphore connections = new Semaphore(20);
        List<JobId> ids = enqueue(300);
        run((number, job) -> {
            connections.acquire();
            try (Connection connection = begin()) {
                pay(connection, number);
                job.complete(connection, "paid " + number);
                connection.commit();
            } finally {
                connections.release();
            }
        });

        awaitCompleted(ids);
        assertThat(runs.get()).isEqualTo(300);
        assertThat(payments()).isEqualTo(300);
        for (int i = 0; i < ids.size(); i++) {
            JobRecord done = find(ids.get(i));
            assertThat(done.result()).isEqualTo(Payload.json("\"paid " + i + "\""));
            assertThat(done.attempt()).isEqualTo(1);
            assertThat(done.attempts()).isEmpty();
        }
        leat.close();
        assertThat(number("select count(*) from %s.lease")).isZero();
        assertThat(events.stream()
                        .filter(event -> event instanceof JobEvent.Entered(var job, var lane, var state)
                                && state == JobState.COMPLETED))
                .as("each is told once")
                .hasSize(300);
    }

    /** The lease that a claim made is gone with the last job that is split off from it, and a renewal may be told so at once. */
    @Test
    void aCompletionIsToldThoughItsFirstLeaseIsFoundGone() throws Exception {
        AtomicReference<JobStore> outer = new AtomicReference<>();
        JobStore observed = new ObservedJobStore(
                new RenewingTransactions(stores.jobs(), lease -> outer.get().renew(List.of(lease), LONG)),
                events::addAll,
                told -> {});
        outer.set(observed);
        JobId id = enqueue(1).getFirst();
        Lane lane = new Lane(TenantName.MAIN, QueueName.DEFAULT, PAY.name());
        LeaseId first = observed.claim(new ClaimRequest(UUID.randomUUID(), 1, List.of(lane), 1, 1_000, LONG, true))
                .leases()
                .getFirst()
                .id();
        Transactional transactional = observed.feature(Transactional.class).orElseThrow();

        LeaseId own = transactional.split(first, id).orElseThrow();
        try (Connection connection = begin()) {
            transactional.settle(connection, new Settlement(own, id, new Outcome.Completed(null)));
            connection.commit();
        }

        assertThat(transactional.completion(own, id)).isEqualTo(Completion.COMMITTED);
        assertThat(events).contains(new JobEvent.Entered(id, lane, JobState.COMPLETED));
    }

    @Test
    void ofABlockOneIsCompletedInATransactionAndTheOthersAsEver() throws Exception {
        CountDownLatch othersEnded = new CountDownLatch(1);
        List<JobId> ids = enqueue(256);
        run((number, job) -> {
            if (number == 100) {
                try (Connection connection = begin()) {
                    pay(connection, number);
                    job.complete(connection);
                    othersEnded.await();
                    connection.commit();
                }
            }
        });

        awaitUntil(() -> stateOf(ids.get(100)) == JobState.RUNNING
                && ids.stream().filter(id -> stateOf(id) == JobState.COMPLETED).count() == 255);
        othersEnded.countDown();
        awaitCompleted(ids);
        assertThat(runs.get()).isEqualTo(256);
        assertThat(payments()).isEqualTo(1);
    }

    @Test
    void whatAHandlerThrowsAfterTheCommitDoesNotCount() throws Exception {
        JobId id = enqueue(1).getFirst();
        run((number, job) -> {
            try (Connection connection = begin()) {
                pay(connection, number);
                job.complete(connection);
                connection.commit();
            }
            throw new IllegalStateException("too late");
        });

        awaitCompleted(List.of(id));
        leat.close();
        assertThat(find(id).failure()).isNull();
        assertThat(runs.get()).isEqualTo(1);
        assertThat(payments()).isEqualTo(1);
    }

    /** Renewals find the lease gone, and must not take that for a loss. */
    @Test
    void aHandlerMayGoOnAfterTheCommit() throws Exception {
        withShortLeases();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        JobId id = enqueue(1).getFirst();
        run((number, job) -> {
            try (Connection connection = begin()) {
                pay(connection, number);
                job.complete(connection);
                connection.commit();
            }
            interrupted.complete(!afterAWhile());
        });

        assertThat(interrupted.get(1, TimeUnit.MINUTES)).isFalse();
        awaitCompleted(List.of(id));
        assertThat(runs.get()).isEqualTo(1);
    }

    @Test
    void aTransactionMayLastLongerThanTheLease() throws Exception {
        withShortLeases();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        JobId id = enqueue(1).getFirst();
        run((number, job) -> {
            try (Connection connection = begin()) {
                pay(connection, number);
                job.complete(connection);
                interrupted.complete(!afterAWhile());
                connection.commit();
            }
        });

        assertThat(interrupted.get(1, TimeUnit.MINUTES)).isFalse();
        awaitCompleted(List.of(id));
        assertThat(find(id).attempts()).isEmpty();
        assertThat(runs.get()).isEqualTo(1);
        assertThat(payments()).isEqualTo(1);
    }

    // No commit.

    @Test
    void aRollBackLeavesNeitherAndTheJobRunsAgain() throws Exception {
        JobId id = enqueue(1).getFirst();
        run((number, job) -> {
            try (Connection connection = begin()) {
                pay(connection, number);
                job.complete(connection);
                if (job.attempt() == 1) {
                    connection.rollback();
                    throw new IllegalStateException("not this time");
                }
                connection.commit();
            }
        });

        awaitCompleted(List.of(id));
        assertThat(payments()).isEqualTo(1);
        assertThat(find(id).attempts()).hasSize(1).allSatisfy(run -> {
            assertThat(run.ended()).isEqualTo(Ended.FAILED);
            assertThat(run.failure().message()).isEqualTo("not this time");
        });
    }

    @Test
    void aReturnWithoutACommitIsAFailureThatSaysSo() throws Exception {
        JobId id = enqueue(1).getFirst();
        run((number, job) -> {
            try (Connection connection = begin()) {
                pay(connection, number);
                job.complete(connection);
                if (job.attempt() > 1) {
                    connection.commit();
                } else {
                    connection.rollback();
                }
            }
        });

        awaitCompleted(List.of(id));
        assertThat(payments()).isEqualTo(1);
        assertThat(find(id).attempts())
                .hasSize(1)
                .allSatisfy(run ->
                        assertThat(run.failure().message()).contains("without having committed", "commit before"));
    }

    @Test
    void aSignalAfterARollBackIsHeard() throws Exception {
        JobId id = enqueue(1).getFirst();
        run((number, job) -> {
            try (Connection connection = begin()) {
                job.complete(connection);
                connection.rollback();
            }
            throw JobSignal.discard("no money");
        });

        awaitUntil(() -> stateOf(id) == JobState.DISCARDED);
        assertThat(find(id).failure().message()).isEqualTo("no money");
    }

    @Test
    void aSlipLeavesTheRunAsItWas() throws Exception {
        JobId id = enqueue(1).getFirst();
        run((number, job) -> {
            try (Connection connection = begin()) {
                connection.setAutoCommit(true);
                assertThatThrownBy(() -> job.complete(connection)).isInstanceOf(IllegalArgumentException.class);
            }
        });

        awaitCompleted(List.of(id));
        assertThat(find(id).attempt()).isEqualTo(1);
    }

    /** Whose outcome must not be waited for by those who settle other jobs. */
    @Test
    void aTransactionThatIsLeftOpenHoldsUpItsOwnJobAlone() throws Exception {
        withShortLeases();
        CompletableFuture<Connection> left = new CompletableFuture<>();
        JobId first = enqueue(1).getFirst();
        run((number, job) -> {
            if (number == 0 && !left.isDone()) {
                Connection connection = begin();
                pay(connection, number);
                job.complete(connection);
                left.complete(connection);
            }
        });
        Connection open = left.get(1, TimeUnit.MINUTES);
        awaitCompleted(List.of(leat.enqueue(PAY, 7).id()));
        assertThat(afterAWhile()).isTrue();
        awaitCompleted(List.of(leat.enqueue(PAY, 8).id()));
        assertThat(stateOf(first)).isEqualTo(JobState.RUNNING);

        open.close();

        awaitCompleted(List.of(first));
        assertThat(payments()).isZero();
        assertThat(find(first).attempts()).extracting(run -> run.ended()).containsExactly(Ended.LOST);
    }

    @Test
    void aSecondCompletionIsRefusedWhileTheFirstIsOpenAndTakenOnceItIsRolledBack() throws Exception {
        JobId id = enqueue(1).getFirst();
        run((number, job) -> {
            try (Connection first = begin();
                    Connection second = begin()) {
                pay(first, 1);
                job.complete(first);
                assertThatThrownBy(() -> job.complete(second))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("still open");
                first.rollback();
                pay(second, 2);
                job.complete(second);
                second.commit();
            }
        });

        awaitCompleted(List.of(id));
        assertThat(find(id).attempt()).isEqualTo(1);
        assertThat(number("select min(number) from payment")).isEqualTo(2);
    }

    /** Or it would give the job a lease that nobody lets go of. */
    @Test
    void aRunThatIsOverCompletesNothing() throws Exception {
        CompletableFuture<JobContext> kept = new CompletableFuture<>();
        JobId id = enqueue(1).getFirst();
        run((number, job) -> kept.complete(job));
        awaitCompleted(List.of(id));

        try (Connection connection = begin()) {
            assertThatThrownBy(() -> kept.join().complete(connection))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has ended");
        }
    }

    // Loss.

    @Test
    void whoHasLostTheLeaseIsToldToRollBack() throws Exception {
        CompletableFuture<String> refused = new CompletableFuture<>();
        CountDownLatch atWork = new CountDownLatch(1);
        CountDownLatch lost = new CountDownLatch(1);
        JobId id = enqueue(1).getFirst();
        run((number, job) -> {
            try (Connection connection = begin()) {
                pay(connection, number);
                if (!refused.isDone()) {
                    atWork.countDown();
                    awaitStubbornly(lost);
                }
                try {
                    job.complete(connection);
                } catch (LeaseLostException e) {
                    connection.rollback();
                    refused.complete(e.getMessage());
                    throw e;
                }
                connection.commit();
            }
        });
        assertThat(atWork.await(1, TimeUnit.MINUTES)).isTrue();
        // As after a long pause of the process, of which it does not know yet.
        execute("update %s.lease set lease_until = now() - interval '1 hour'".formatted(schema));
        awaitUntil(() -> {
            stores.jobs().reclaim(10);
            return stateOf(id) != JobState.RUNNING || number("select count(*) from %s.attempt") > 0;
        });
        lost.countDown();

        assertThat(refused.get(1, TimeUnit.MINUTES)).contains(id.toString(), "roll the transaction back");
        awaitCompleted(List.of(id));
        assertThat(payments()).isEqualTo(1);
    }

    @Test
    void aProcessThatIsKilledBeforeItsCommitLeavesNeither() throws Exception {
        JobId id = enqueue(1).getFirst();
        List<String> command = Program.java(CompletionWorker.class.getName());
        command.addAll(List.of(server.url(), server.user(), schema));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("PASSWORD", server.password());
        Process process = builder.start();
        try (BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            assertThat(output.lines().anyMatch(CompletionWorker.COMPLETED::equals))
                    .isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(payments()).isZero();

        run((number, job) -> {
            try (Connection connection = begin()) {
                pay(connection, number);
                job.complete(connection);
                connection.commit();
            }
        });

        awaitCompleted(List.of(id));
        assertThat(payments()).isEqualTo(1);
        assertThat(find(id).attempt()).as("a death costs no attempt").isEqualTo(1);
        assertThat(find(id).attempts()).extracting(run -> run.ended()).containsExactly(Ended.LOST);
    }

    private void run(Handler<Integer> handler) {
        leat.handle(PAY, (number, job) -> {
            runs.incrementAndGet();
            handler.handle(number, job);
        });
        leat.start();
    }

    private List<JobId> enqueue(int number) {
        return leat
                .client()
                .enqueueAll(PAY, IntStream.range(0, number).boxed().toList(), EnqueueOptions.DEFAULT)
                .stream()
                .map(Receipt::id)
                .toList();
    }

    /** Where the table of payments is that of this test. */
    private Connection begin() throws SQLException {
        Connection connection = DriverManager.getConnection(
                server.url() + "&currentSchema=" + schema, server.user(), server.password());
        connection.setAutoCommit(false);
        return connection;
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = begin();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            connection.commit();
        }
    }

    /** @param sql with the schema left out */
    private long number(String sql) throws SQLException {
        try (Connection connection = begin();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql.formatted(schema))) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private long payments() throws SQLException {
        return number("select count(*) from payment");
    }

    /** Waits until every short lease of now has ended or been renewed more than once; false if it was interrupted. */
    private boolean afterAWhile() {
        try {
            long until = number("select extract(epoch from now())::bigint") + 2 * SHORT.toSeconds();
            awaitUntil(() -> number("select extract(epoch from now())::bigint") > until);
            return !Thread.currentThread().isInterrupted();
        } catch (Exception e) {
            return false;
        }
    }

    private static void awaitStubbornly(CountDownLatch latch) {
        boolean through = false;
        while (!through) {
            try {
                latch.await();
                through = true;
            } catch (InterruptedException e) {
                // Asked to stop, and does not hear.
            }
        }
    }

    private JobRecord find(JobId id) {
        return stores.jobs()
                .feature(Inspect.class)
                .orElseThrow()
                .find(TenantName.MAIN, id)
                .orElseThrow();
    }

    private JobState stateOf(JobId id) {
        return find(id).state();
    }

    private void awaitCompleted(List<JobId> ids) {
        awaitUntil(() -> ids.stream().allMatch(id -> stateOf(id) == JobState.COMPLETED));
    }

    private static void awaitUntil(Callable<Boolean> condition) {
        Awaitility.await()
                .pollInterval(50, TimeUnit.MILLISECONDS)
                .atMost(Duration.ofMinutes(1))
                .until(condition);
    }
}
