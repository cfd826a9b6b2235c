package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Claim;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Retention;
import dev.leat.api.store.Settlement;
import dev.leat.testkit.StoreClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** A queue's listing names each of its jobs once, wherever they were moved and whatever was pruned between them. */
class EnqueuedTest {
    private static final Lane OTHER = new Lane(Jobs.LANE.tenant(), new QueueName("other"), Jobs.LANE.kind());
    private static final long FIRST = 1_001; // of 2024, so in DEFAULT and pruned one by one

    private final StoreClock clock = new StoreClock();
    private Fixture fixture;
    private JobStore store;

    @BeforeEach
    void open() {
        fixture = new Fixture(TestDatabase.newest());
        store = fixture.emptied(clock).jobs();
    }

    @AfterEach
    void close() {
        fixture.close();
        TestDatabase.newest()
                .execute("drop schema %s cascade".formatted(fixture.config().schema()));
    }

    @Test
    void anIdThatWasPrunedAtTheBeginningOfABlockIsNewAgain() {
        enqueueAndPrune(3, FIRST);
        assertThat(store.enqueue(jobs(FIRST, 1)).getFirst()).isInstanceOf(Enqueued.Accepted.class);
        assertListed(Jobs.LANE.queue(), FIRST, FIRST + 1, FIRST + 2);
    }

    @Test
    void anIdThatWasPrunedWithinABlockIsNewAgain() {
        enqueueAndPrune(3, FIRST + 1);
        assertListed(Jobs.LANE.queue(), FIRST, FIRST + 2);
        assertThat(store.enqueue(jobs(FIRST + 1, 1)).getFirst()).isInstanceOf(Enqueued.Accepted.class);
        assertListed(Jobs.LANE.queue(), FIRST, FIRST + 1, FIRST + 2);
    }

    @Test
    void aJobThatWasMovedAwayAndPrunedLeavesNothing() {
        store.enqueue(jobs(FIRST, 2));
        move(FIRST + 1, OTHER);
        assertListed(OTHER.queue(), FIRST + 1);
        operate().cancel(Jobs.LANE.tenant(), List.of(new JobId(FIRST + 1)));
        settle(1, job -> new Outcome.Completed(null));
        prune();
        assertThat(rows("job")).isZero();
        assertThat(rows("enqueued")).isZero();
        assertThat(store.enqueue(jobs(FIRST + 1, 1)).getFirst()).isInstanceOf(Enqueued.Accepted.class);
        assertListed(Jobs.LANE.queue(), FIRST + 1);
    }

    @Test
    void aJobThatIsMovedToAndFroIsListedOnce() {
        store.enqueue(jobs(FIRST, 10));
        for (int i = 0; i < 3; i++) {
            move(FIRST + 5, OTHER);
            assertListed(OTHER.queue(), FIRST + 5);
            move(FIRST + 5, Jobs.LANE);
            assertListed(OTHER.queue());
        }
        assertListed(Jobs.LANE.queue(), LongStream.range(FIRST, FIRST + 10).toArray());
    }

    /** Whoever relies on a row waits for its cut, and then sees that it is gone. */
    @Test
    void aJobThatComesBackWhileItsBlockIsCutIsListed() throws Exception {
        store.enqueue(jobs(FIRST, 2));
        move(FIRST + 1, OTHER);
        settle(1, job -> new Outcome.Completed(null));
        clock.advance(Duration.ofDays(8));
        Statements statements = Statements.in(fixture.config().schema());
        try (Connection pruner = TestDatabase.newest().connect();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            pruner.setAutoCommit(false);
            Partitions.kept(new Call(pruner, statements.get("prune")), Retention.DEFAULT)
                    .set("from_id", 1L)
                    .set("to_id", Long.MAX_VALUE)
                    .set("max_rows", 100)
                    .rows(row -> row.getLong("jobs"));
            block(new Call(pruner, statements.get("enqueued_lock"))).rows(row -> row.getLong("id"));
            Future<?> back = threads.submit(() -> move(FIRST + 1, Jobs.LANE));
            int blocking = pruner.unwrap(PGConnection.class).getBackendPID();
            Awaitility.await()
                    .until(() -> TestDatabase.newest()
                                    .number(
                                            "select count(*) from pg_stat_activity where %d = any(pg_blocking_pids(pid))"
                                                    .formatted(blocking))
                            > 0);
            block(new Call(pruner, statements.get("enqueued_cut"))).update();
            pruner.commit();
            back.get();
        }
        assertListed(Jobs.LANE.queue(), FIRST + 1);
    }

    /** The first job was moved by then. */
    @Test
    void aMoveThatFailsHalfWayIsOfUnknownEffect() {
        NewJob another = new NewJob(
                new JobId(FIRST + 10),
                1,
                new Lane(Jobs.LANE.tenant(), Jobs.LANE.queue(), new KindName("text")),
                Payload.json("1"),
                5,
                5,
                Due.now());
        store.enqueue(List.of(Jobs.job(FIRST), Jobs.job(FIRST + 1), another));
        move(FIRST, OTHER);
        Statements failing =
                Statements.in(fixture.config().schema()).with("lane_intern", text -> text + " returning 1 / 0");
        try (PostgresStores stores = fixture.running(failing)) {
            StoreException told = catchThrowableOfType(
                    StoreException.class,
                    () -> stores.jobs()
                            .feature(Operate.class)
                            .orElseThrow()
                            .amend(
                                    Jobs.LANE.tenant(),
                                    List.of(new JobId(FIRST + 1), another.id()),
                                    new Amendment.Move(OTHER.queue())));
            assertThat(told.effect()).isEqualTo(Effect.UNKNOWN);
        }
        assertListed(OTHER.queue(), FIRST, FIRST + 1);
    }

    private void enqueueAndPrune(int jobs, long pruned) {
        store.enqueue(jobs(FIRST, jobs));
        settle(
                jobs,
                job -> job.value() == pruned
                        ? new Outcome.Completed(null)
                        : new Outcome.Discard(Failure.of("kept for longer")));
        prune();
    }

    private void settle(int jobs, Function<JobId, Outcome> how) {
        List<Lease> leases = store.claim(Jobs.claim(jobs)).leases();
        store.settle(leases.stream()
                .flatMap(lease -> lease.claims().stream()
                        .map(Claim::job)
                        .map(job -> new Settlement(lease.id(), job, how.apply(job))))
                .toList());
    }

    private void prune() {
        clock.advance(Duration.ofDays(8));
        Prune prune = store.feature(Prune.class).orElseThrow();
        Awaitility.await().until(() -> !prune.prune(Retention.DEFAULT, 100).more());
    }

    private void move(long id, Lane to) {
        operate().amend(Jobs.LANE.tenant(), List.of(new JobId(id)), new Amendment.Move(to.queue()));
    }

    private Operate operate() {
        return store.feature(Operate.class).orElseThrow();
    }

    private Call block(Call call) throws SQLException {
        long lane = TestDatabase.newest()
                .number("select lane from %s where id = %d".formatted(fixture.of("enqueued"), FIRST));
        return call.array("lanes", "int4", new int[] {(int) lane}).array("ids", "int8", new long[] {FIRST});
    }

    private long rows(String table) {
        return TestDatabase.newest().number("select count(*) from " + fixture.of(table));
    }

    private static List<NewJob> jobs(long first, int many) {
        return LongStream.range(first, first + many).mapToObj(Jobs::job).toList();
    }

    /** In both orders, and page by page. */
    private void assertListed(QueueName queue, long... ids) {
        List<Long> expected = LongStream.of(ids).boxed().toList();
        assertThat(listed(queue, JobQuery.Order.OLDEST_FIRST)).isEqualTo(expected);
        assertThat(listed(queue, JobQuery.Order.NEWEST_FIRST)).isEqualTo(expected.reversed());
    }

    private List<Long> listed(QueueName queue, JobQuery.Order order) {
        List<Long> listed = new ArrayList<>();
        JobId after = null;
        List<JobHead> page;
        do {
            page = store.feature(Inspect.class)
                    .orElseThrow()
                    .list(new JobQuery(
                            Jobs.LANE.tenant(), queue, null, EnumSet.allOf(JobState.class), order, after, 2));
            page.forEach(job -> listed.add(job.id().value()));
            after = page.isEmpty() ? null : page.getLast().id();
        } while (page.size() == 2);
        return listed;
    }
}
