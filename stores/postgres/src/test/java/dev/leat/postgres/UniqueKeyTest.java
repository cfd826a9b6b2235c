package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.Payload;
import dev.leat.api.StoreException;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Pruned;
import dev.leat.api.store.Retention;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Transactional;
import dev.leat.api.store.UniqueKey;
import dev.leat.testkit.StoreClock;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What meets inside PostgreSQL at a unique key, with a wait that is long enough for a test to see it. */
class UniqueKeyTest {
    private static final Duration NINE_DAYS = Duration.ofDays(9);
    private static final UniqueKey KEY = UniqueKey.untilEnded("order-7");

    private final TestDatabase database = TestDatabase.newest();
    private final StoreClock clock = new StoreClock();
    private Fixture fixture;
    private JobStore store;

    @BeforeEach
    void open() {
        fixture = new Fixture(
                database,
                database.fresh(),
                statements -> statements.with("enqueue_unique", text -> text.replace(":wait::text", "'60s'")));
        store = fixture.emptied(clock).jobs();
    }

    @AfterEach
    void close() {
        fixture.close();
        database.execute("drop schema %s cascade".formatted(fixture.config().schema()));
    }

    @Test
    void whoWaitsForAKeyIsAnsweredByWhatBecomesOfIt() throws Exception {
        NewJob first = keyed(1);
        NewJob second = keyed(2);
        try (Connection caller = begin();
                ExecutorService threads = Executors.newCachedThreadPool()) {
            callers().enqueue(caller, List.of(first));
            Future<List<Enqueued>> waiting = threads.submit(() -> store.enqueue(List.of(second)));
            awaitLock(caller);
            caller.commit();
            assertThat(waiting.get()).containsExactly(new Enqueued.Held(second.id(), first.id()));
        }
    }

    @Test
    void whoWaitsForAKeyGetsItByARollback() throws Exception {
        try (Connection caller = begin();
                ExecutorService threads = Executors.newCachedThreadPool()) {
            callers().enqueue(caller, List.of(keyed(1)));
            NewJob second = keyed(2);
            Future<List<Enqueued>> waiting = threads.submit(() -> store.enqueue(List.of(second)));
            awaitLock(caller);
            caller.rollback();
            assertThat(waiting.get()).containsExactly(new Enqueued.Accepted(second.id()));
        }
    }

    /** Its key is taken already by then, and must be free again. */
    @Test
    void aJobWhoseIdIsTakenMeanwhileLeavesNoKeyBehind() throws Exception {
        try (Connection caller = begin();
                ExecutorService threads = Executors.newCachedThreadPool()) {
            callers().enqueue(caller, List.of(Jobs.job(1)));
            NewJob same = keyed(1);
            Future<List<Enqueued>> waiting = threads.submit(() -> store.enqueue(List.of(same)));
            awaitLock(caller);
            caller.commit();
            assertThat(waiting.get()).containsExactly(new Enqueued.Duplicate(same.id()));
        }
        assertThat(keys()).isZero();
        assertThat(store.enqueue(List.of(keyed(2)))).containsExactly(new Enqueued.Accepted(keyed(2).id()));
    }

    @Test
    void aConnectionWaitsForLocksAfterwardsAsLongAsBefore() throws Exception {
        String waits = "select setting from pg_settings where name = 'lock_timeout'";
        try (Connection caller = begin()) {
            TestDatabase.rows(caller, "select set_config('lock_timeout', '7s', false)");
            caller.commit();
            TestDatabase.rows(caller, "select set_config('lock_timeout', '9s', true)");
            callers().enqueue(caller, List.of(keyed(1)));
            assertThat(TestDatabase.rows(caller, waits)).containsExactly(List.of("9000"));
            caller.commit();
            assertThat(TestDatabase.rows(caller, waits)).containsExactly(List.of("7000"));
        }
    }

    /** By a statement that answers nothing. */
    @Test
    void whoIsOvertakenAgainAndAgainGivesUp() {
        Statements mute = Statements.in(fixture.config().schema())
                .with("enqueue_unique", text -> "select null::bigint id, 'held' answer where false");
        try (Database connected = PostgresStores.connect(fixture.config(), mute)) {
            JobStore overtaken = new PostgresStores(connected, Partitions.PATIENCE).jobs();

            assertThatThrownBy(() -> overtaken.enqueue(List.of(keyed(1))))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.effect()).isEqualTo(StoreException.Effect.NONE))
                    .hasMessageContaining("again and again");
        }
    }

    /** It sees neither the range that went since nor what was kept of that. */
    @Test
    void aTransactionOfAnEarlierMomentTakesNoKeyFromAJobThatIsLive() throws Exception {
        long now = clock.instant().getEpochSecond() - JobId.EPOCH_SECOND;
        NewJob late = Jobs.keyed(
                Jobs.job(JobId.of(now, 7, 1).value(), Payload.json("{}"), Due.after(Duration.ofDays(90))), KEY);
        store.enqueue(List.of(late));
        clock.advance(NINE_DAYS);
        try (Connection caller = begin()) {
            caller.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            TestDatabase.rows(caller, "select 1");
            prune();
            assertThat(database.number("select count(*) from " + fixture.of("job_default")))
                    .isEqualTo(1);

            assertThat(callers().enqueue(caller, List.of(keyed(2))))
                    .containsExactly(new Enqueued.Held(keyed(2).id(), late.id()));
        }
    }

    @Test
    void aKeyThatIsBeingTakenOverDelaysThePruningOfNoOtherJob() throws Exception {
        store.enqueue(List.of(keyed(1), Jobs.job(3)));
        store.settle(store.claim(Jobs.claim(2)).leases().stream()
                .flatMap(lease -> lease.claims().stream()
                        .map(claim -> new Settlement(lease.id(), claim.job(), new Outcome.Completed(null))))
                .toList());
        clock.advance(NINE_DAYS);
        try (Connection caller = begin()) {
            callers().enqueue(caller, List.of(keyed(5)));

            assertThat(prune()).isEqualTo(1);
            caller.rollback();
        }
        assertThat(keys()).isEqualTo(1);
        clock.advance(Duration.ofHours(2));
        assertThat(prune()).isEqualTo(1);
        assertThat(keys()).isZero();
    }

    /** How many jobs went, all in all. */
    private long prune() {
        Prune prune = store.feature(Prune.class).orElseThrow();
        long removed = 0;
        Pruned pruned;
        do {
            pruned = prune.prune(Retention.DEFAULT, 1_000);
            removed += pruned.total();
        } while (pruned.more());
        return removed;
    }

    private static NewJob keyed(long id) {
        return Jobs.keyed(Jobs.job(id), KEY);
    }

    private Transactional callers() {
        return store.feature(Transactional.class).orElseThrow();
    }

    private Connection begin() throws Exception {
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        return connection;
    }

    /** Until somebody waits for the transaction of the caller. */
    private void awaitLock(Connection caller) throws Exception {
        String pid =
                TestDatabase.rows(caller, "select pg_backend_pid()").getFirst().getFirst();
        while (database.number("select count(*) from pg_locks where not granted and %s = any(pg_blocking_pids(pid))"
                        .formatted(pid))
                == 0) {
            Thread.onSpinWait();
        }
    }

    private long keys() {
        return database.number("select count(*) from " + fixture.of("unique_key"));
    }
}
