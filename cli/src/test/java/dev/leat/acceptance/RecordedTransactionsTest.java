package dev.leat.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.KeyBusyException;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Transactional;
import dev.leat.api.store.UniqueKey;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import dev.leat.verify.history.Event;
import dev.leat.verify.history.HistoryChecker;
import dev.leat.verify.history.Invariant;
import dev.leat.verify.history.Op;
import dev.leat.verify.history.Phase;
import dev.leat.verify.history.RecordedJobStore;
import dev.leat.verify.history.Recorder;
import dev.leat.verify.history.Violation;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** That what is recorded of transactions is what became of them, and that a row which does not go with its completion is found. */
@Timeout(120)
class RecordedTransactionsTest {
    private static final AtomicLong JOBS = new AtomicLong();

    @TempDir
    static Path home;

    private static PostgresServer server;
    private static PostgresStores stores;

    private final Lane lane =
            new Lane(TenantName.MAIN, new QueueName("queue-" + JOBS.incrementAndGet()), new KindName("work"));
    private final List<Event> history = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong();
    private final Recorder recorder = new Recorder("test", clock::incrementAndGet, history::addAll);
    private final RecordedJobStore jobs = new RecordedJobStore(stores.jobs(), recorder);
    private final Transactional transactional =
            jobs.feature(Transactional.class).orElseThrow();

    @BeforeAll
    static void start() throws SQLException {
        server = PostgresServer.start(PostgresServerConfig.at(home.resolve("postgres")));
        stores = PostgresStores.open(PostgresConfig.of(server.url(), server.user(), server.password()));
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create table written(job bigint not null)");
        }
    }

    @AfterAll
    static void stop() {
        stores.close();
        server.close();
    }

    private static Connection connect() throws SQLException {
        return DriverManager.getConnection(server.url(), server.user(), server.password());
    }

    private static Connection begun() throws SQLException {
        Connection connection = connect();
        connection.setAutoCommit(false);
        return connection;
    }

    private NewJob job(UniqueKey... key) {
        long number = JOBS.incrementAndGet();
        return new NewJob(
                JobId.of(jobs.time().getEpochSecond() - JobId.EPOCH_SECOND, 1, (int) number),
                number,
                lane,
                Payload.json("1"),
                4,
                3,
                Due.now(),
                key.length == 0 ? null : key[0]);
    }

    /** A job in a lease of its own. */
    private Settlement running() {
        NewJob job = job();
        jobs.enqueue(List.of(job));
        Lease lease = jobs.claim(new ClaimRequest(
                        UUID.randomUUID(), 1, List.of(lane), 1, 1_000_000, Duration.ofSeconds(30), true))
                .leases()
                .getFirst();
        LeaseId own = transactional.split(lease.id(), job.id()).orElseThrow();
        return new Settlement(own, job.id(), new Outcome.Completed(null));
    }

    private static void write(Connection connection, JobId job) throws SQLException {
        try (Statement insert = connection.createStatement()) {
            insert.executeUpdate("insert into written values (" + job.value() + ")");
        }
    }

    private void complete(Connection connection, Settlement settlement) throws SQLException {
        assertThat(transactional.settle(connection, settlement).accepted()).isTrue();
        connection.commit();
        jobs.ended(connection, Phase.OK);
    }

    /** Reads what is there at the end, and judges. */
    private List<Invariant> broken(JobId job) throws SQLException {
        stores.jobs()
                .feature(Inspect.class)
                .orElseThrow()
                .find(TenantName.MAIN, job)
                .ifPresent(found -> recorder.record(
                        recorder.call(),
                        Op.FINAL,
                        Phase.OK,
                        event -> event.job(job.value())
                                .attempt(found.attempt())
                                .maxAttempts(found.maxAttempts())
                                .word(found.state().word())));
        try (Connection connection = connect();
                Statement select = connection.createStatement();
                ResultSet rows = select.executeQuery("select job from written where job = " + job.value())) {
            while (rows.next()) {
                recorder.record(recorder.call(), Op.ROW, Phase.OK, event -> event.job(job.value()));
            }
        }
        HistoryChecker checker = new HistoryChecker(Duration.ofSeconds(6));
        history.forEach(checker);
        return checker.verdict().violations().stream().map(Violation::invariant).toList();
    }

    @Test
    void aRowThatIsCommittedWithTheCompletionBreaksNothing() throws SQLException {
        Settlement completion = running();
        try (Connection connection = begun()) {
            write(connection, completion.job());
            assertThat(transactional.settle(connection, completion).accepted()).isTrue();
            connection.rollback();
            jobs.ended(connection, Phase.FAIL);
        }
        try (Connection connection = begun()) {
            write(connection, completion.job());
            complete(connection, completion);
        }

        assertThat(broken(completion.job())).isEmpty();
    }

    @Test
    void aRowOfAnotherTransactionIsFoundThereTwice() throws SQLException {
        Settlement completion = running();
        try (Connection elsewhere = connect();
                Connection connection = begun()) {
            write(elsewhere, completion.job());
            assertThat(transactional.settle(connection, completion).accepted()).isTrue();
            connection.rollback();
            jobs.ended(connection, Phase.FAIL);
            write(elsewhere, completion.job());
            complete(connection, completion);
        }

        assertThat(broken(completion.job())).containsExactly(Invariant.I18);
    }

    @Test
    void aRowThatWasRolledBackIsMissed() throws SQLException {
        Settlement completion = running();
        try (Connection elsewhere = begun();
                Connection connection = begun()) {
            write(elsewhere, completion.job());
            complete(connection, completion);
        }

        assertThat(broken(completion.job())).containsExactly(Invariant.I18);
    }

    @Test
    void aRowOfAJobThatWasCompletedWithoutItIsFound() throws SQLException {
        Settlement completion = running();
        try (Connection connection = connect()) {
            write(connection, completion.job());
        }
        assertThat(jobs.settle(List.of(completion)).getFirst().accepted()).isTrue();

        assertThat(broken(completion.job())).containsExactly(Invariant.I18);
    }

    @Test
    void whatIsEnqueuedInATransactionIsAcceptedByItsCommit() throws SQLException {
        UniqueKey key = UniqueKey.untilEnded("only");
        NewJob undone = job(key);
        NewJob refused = job(key);
        NewJob stored = job(key);
        NewJob held = job(key);
        try (Connection connection = begun()) {
            transactional.enqueue(connection, List.of(undone));
            assertThatThrownBy(() -> jobs.enqueue(List.of(refused))).isInstanceOf(KeyBusyException.class);
            connection.rollback();
            jobs.ended(connection, Phase.FAIL);
            transactional.enqueue(connection, List.of(stored));
            connection.commit();
            jobs.ended(connection, Phase.OK);
        }
        jobs.enqueue(List.of(held));

        assertThat(history.stream()
                        .filter(event -> event.phase() != Phase.INVOKE)
                        .map(event -> new JobId(event.job()) + " " + event.phase() + " " + event.word() + " "
                                + event.holder()))
                .containsExactly(
                        refused.id() + " FAIL null 0",
                        undone.id() + " FAIL null 0",
                        stored.id() + " OK accepted 0",
                        held.id() + " OK held " + stored.id().value());
        assertThat(broken(undone.id())).containsExactly(Invariant.I1); // of the one that was stored and has not ended
    }
}
