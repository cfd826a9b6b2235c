package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.StoreException;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Pruned;
import dev.leat.api.store.Retention;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.UniqueKey;
import dev.leat.testkit.StoreClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole ranges of ids go, and what has to stay of them stays, whoever is in the way and wherever somebody dies. Long, since it is one
 * promise from many sides, and all of them need the same few ways to make jobs of another time and to see what is left.
 */
class PruningTest {
    private static final Duration NINE_DAYS = Duration.ofDays(9);
    private static final Failure WHY = Failure.of("no use");
    private static final Outcome DONE = new Outcome.Completed(null);
    private static final String DIES = "do $$ begin perform pg_terminate_backend(pg_backend_pid()); end $$";

    private static final String CANCELLED =
            "do $$ begin raise exception 'cancelled' using errcode = 'query_canceled'; end $$";

    private final StoreClock clock = new StoreClock();
    private final AtomicInteger counter = new AtomicInteger();
    private Fixture fixture;
    private JobStore store;

    TestDatabase database() {
        return TestDatabase.newestThatNeverWaitsForTheDisk();
    }

    @BeforeEach
    void open() {
        fixture = new Fixture(database());
        store = fixture.emptied(clock).jobs();
    }

    @AfterEach
    void close() {
        fixture.close();
        database().execute("drop schema %s cascade".formatted(fixture.config().schema()));
    }

    @Test
    void theSchemaIsMadeWithTheRangesOfNowAndOfTheNextDays() {
        List<NewJob> jobs = store(3, Due.now());
        clock.advance(Duration.ofDays(2));
        jobs.addAll(store(3, Due.now()));

        assertThat(rowsIn("job_default")).isZero();
        assertThat(rowsIn("job")).isEqualTo(jobs.size());
    }

    @Test
    void aRangeGoesWithAllThatItHasButTheFewThatStay() {
        JobId late = store(1, Due.after(Duration.ofDays(90))).getFirst().id();
        JobId retried = store(1, Due.now()).getFirst().id();
        settle(claim(1), new Outcome.Retry(Duration.ofDays(30), WHY));
        JobId discarded = store(1, Due.now()).getFirst().id();
        settle(claim(1), new Outcome.Discard(WHY));
        store(500, Due.now());
        settle(claim(500), DONE);
        List<String> before = ranges();
        clock.advance(NINE_DAYS);

        assertThat(prune()).isEqualTo(500);

        assertThat(ranges()).doesNotContainAnyElementsOf(before.subList(0, 1));
        assertThat(tables("gone_%")).isEmpty();
        assertThat(rowsIn("job")).isEqualTo(3).isEqualTo(rowsIn("job_default"));
        assertThat(rowsIn("done")).isEqualTo(1);
        assertThat(find(late).state()).isEqualTo(JobState.SCHEDULED);
        assertThat(find(discarded).failure()).isEqualTo(WHY);
        assertThat(find(retried).attempts()).hasSize(1);
        clock.advance(Duration.ofDays(90));
        store.promote(10);
        assertThat(store.claim(Jobs.claim(10)).jobs()).isEqualTo(2);
    }

    @Test
    void aRangeTakesTheKeysWithItThatItsJobsHeld() {
        UniqueKey ended = UniqueKey.untilEnded("ended");
        UniqueKey stays = UniqueKey.untilEnded("stays");
        UniqueKey year = UniqueKey.within(Duration.ofDays(365), "year");
        JobId late = keyed(stays, Due.after(Duration.ofDays(90)));
        keyed(ended, Due.now());
        JobId windowed = keyed(year, Due.now());
        settle(claim(2), DONE);
        keyed(UniqueKey.within(Duration.ofDays(2), "over"), Due.after(Duration.ofDays(90)));
        List<String> before = ranges();
        clock.advance(NINE_DAYS);

        assertThat(prune()).isEqualTo(2);

        assertThat(ranges()).doesNotContain(before.getFirst());
        assertThat(keys()).containsExactly("stays " + late.value(), "year " + windowed.value());
        NewJob held = Jobs.keyed(job(Payload.json("{}"), Due.now()), stays);
        assertThat(store.enqueue(List.of(held))).containsExactly(new Enqueued.Held(held.id(), late));
        keyed(ended, Due.now());
    }

    @Test
    void aJobThatNoRangeTakesWithItTakesItsKeyUnlessItHasAWindow() {
        NewJob ended = Jobs.keyed(Jobs.job(1), UniqueKey.untilEnded("ended"));
        NewJob year = Jobs.keyed(Jobs.job(3), UniqueKey.within(Duration.ofDays(365), "year"));
        assertThat(store.enqueue(List.of(ended, year))).allMatch(Enqueued.Accepted.class::isInstance);
        settle(claim(2), DONE);
        clock.advance(NINE_DAYS);

        assertThat(prune()).isEqualTo(2);

        assertThat(keys()).containsExactly("year 3");
    }

    private JobId keyed(UniqueKey key, Due due) {
        NewJob job = Jobs.keyed(job(Payload.json("{}"), due), key);
        assertThat(store.enqueue(List.of(job))).containsExactly(new Enqueued.Accepted(job.id()));
        return job.id();
    }

    private List<String> keys() {
        return database()
                .rows("select key || ' ' || id from %s order by key".formatted(fixture.of("unique_key")))
                .stream()
                .map(List::getFirst)
                .toList();
    }

    /** As a report that runs for hours, or a backup. */
    @Test
    void aReaderThatStaysOpenDelaysNobodyButThePruning() throws Exception {
        store(10, Due.now());
        settle(claim(10), DONE);
        clock.advance(NINE_DAYS);
        List<String> before = ranges();
        try (Connection reader = database().connect();
                ExecutorService threads = Executors.newCachedThreadPool()) {
            reader.setAutoCommit(false);
            TestDatabase.rows(
                    reader,
                    "select count(*) from %s full join %s using (id) full join %s using (id)"
                            .formatted(fixture.of("job"), fixture.of("done"), fixture.of("attempt")));
            AtomicBoolean over = new AtomicBoolean();
            Future<Integer> enqueued = threads.submit(() -> {
                JobStore others = fixture.another().jobs();
                int rounds = 0;
                for (; !over.get() || rounds < 10; rounds++) {
                    assertThat(others.enqueue(jobs(2, Due.now()))).allMatch(Enqueued.Accepted.class::isInstance);
                }
                return rounds;
            });

            try (PostgresStores stores = PostgresStores.open(fixture.config())) {
                assertThat(prune(stores.jobs(), Retention.DEFAULT)).isZero();
            }

            over.set(true);
            assertThat(enqueued.get()).as("enqueued while the reader is there").isPositive();
            assertThat(ranges()).isEqualTo(before);
            reader.rollback();
        }
        assertThat(prune()).isEqualTo(10);
        assertThat(ranges()).isNotEqualTo(before);
    }

    /** What others wait for behind it: the locks, and what is then done under them. */
    @Test
    void nothingIsWaitedForOrDoneForLongWhileOthersAreLockedOut() {
        store(3, Due.after(Duration.ofDays(90)));
        clock.advance(NINE_DAYS);
        Statements watched = Statements.in(fixture.config().schema())
                .with("partition_lock", text -> bounded("lock_timeout") + text)
                .with("partition_check", text -> bounded("statement_timeout") + text)
                .with("partition_attach", text -> bounded("statement_timeout") + text)
                .with("partition_uncheck", text -> bounded("statement_timeout") + text)
                .with("partition_detach", text -> bounded("statement_timeout") + text);
        List<String> before = ranges();
        try (PostgresStores stores = PostgresStores.open(fixture.config(), watched)) {
            Awaitility.await().until(() -> {
                prune(stores.jobs(), Retention.DEFAULT);
                return !ranges().contains(before.getFirst()) && ranges().size() > 2;
            });
        }
    }

    /** As happens when a commit begins with next to nothing left of the time that may be taken. */
    @Test
    void aCommitThatIsCancelledIsLeftForLater() {
        store(3, Due.now());
        settle(claim(3), DONE);
        clock.advance(NINE_DAYS);
        List<String> before = ranges();
        database().execute("""
            create function %1$s.cancelled() returns trigger language plpgsql
              as $$ begin raise exception 'cancelled' using errcode = 'query_canceled'; end $$;
            create constraint trigger cancelled after update on %1$s.pruning deferrable initially deferred
              for each row when (old.ahead_lo is distinct from new.ahead_lo) execute function %1$s.cancelled()\
            """.formatted(fixture.config().schema()));

        assertThat(prune()).isEqualTo(3);

        assertThat(checks()).isZero();
        assertThat(ranges()).isEqualTo(before.subList(2, 3));
        database().execute("drop trigger cancelled on " + fixture.of("pruning"));
        prune();
        assertThat(ranges()).hasSizeGreaterThan(1);
    }

    /** Fails if a setting allows more than 100 ms, or for ever. */
    private static String bounded(String setting) {
        return "do $$ begin assert current_setting('%1$s')::interval between '1 ms' and '100 ms', '%1$s'; end $$;"
                .formatted(setting);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "partition_check",
                "partition_validate",
                "partition_create",
                "partition_attach",
                "partition_uncheck",
                "partition_detach",
                "partition_keep",
                "gone_count",
                "gone_drop"
            })
    void whatADeadPrunerLeftIsGoneOnWith(String statement) {
        JobId late = store(1, Due.after(Duration.ofDays(90))).getFirst().id();
        store(20, Due.now());
        settle(claim(20), DONE);
        clock.advance(NINE_DAYS);
        Statements dying = Statements.in(fixture.config().schema()).with(statement, text -> DIES);
        try (PostgresStores mortal = fixture.running(dying)) {
            assertThatThrownBy(() -> prune(mortal.jobs(), Retention.DEFAULT)).isInstanceOf(StoreException.class);
        }
        assertThat(find(late).state()).isEqualTo(JobState.SCHEDULED);
        assertThat(store.enqueue(jobs(1, Due.now()))).allMatch(Enqueued.Accepted.class::isInstance);

        assertThat(prune()).isEqualTo(20);

        assertThat(tables("gone_%")).isEmpty();
        assertThat(checks()).isZero();
        assertThat(rowsIn("job")).isEqualTo(2);
        assertThat(rowsIn("done")).isZero();
        clock.advance(Duration.ofDays(1));
        store(1, Due.now());
        assertThat(rowsIn("job_default"))
                .as("what was kept, and what came while there was no range")
                .isEqualTo(2);
    }

    @Test
    void aRangeOfWhichMuchStaysIsThinnedAndGoesLater() {
        store(1_500, Due.after(Duration.ofDays(20)));
        store(700, Due.now());
        settle(claim(700), DONE);
        List<String> before = ranges();
        clock.advance(NINE_DAYS);

        assertThat(prune()).isEqualTo(700);

        assertThat(ranges()).contains(before.getFirst());
        assertThat(rowsIn("job")).isEqualTo(1_500);
        assertThat(rowsIn("job_default")).isZero();
        clock.advance(Duration.ofDays(20));
        store.promote(10_000);
        settle(claim(1_500), DONE);
        assertThat(prune()).isZero();
        clock.advance(NINE_DAYS);
        assertThat(prune()).isEqualTo(1_500);
        assertThat(ranges()).doesNotContain(before.getFirst());
    }

    @Test
    void aRangeWithLargeJobsThatStayIsNotMoved() {
        for (int i = 0; i < 20; i++) {
            store.enqueue(List.of(job(
                    Payload.json("\"" + "x".repeat(Payload.MAX_BYTES - 10) + "\""),
                    Due.after(NINE_DAYS.multipliedBy(9)))));
        }
        List<String> before = ranges();
        clock.advance(NINE_DAYS);

        prune();

        assertThat(ranges()).contains(before.getFirst());
    }

    /** Such as come from an import. */
    @Test
    void jobsOfOtherTimesAreRemovedInBatches() {
        List<NewJob> foreign = IntStream.rangeClosed(1, 5_000)
                .mapToObj(i -> Jobs.job(i % 2 == 0 ? i : Long.MAX_VALUE - 2 - i))
                .toList();
        store.enqueue(foreign);
        assertThat(rowsIn("job_default")).isEqualTo(5_000);
        settle(claim(3_000), DONE);
        clock.advance(NINE_DAYS);
        settle(claim(1_000), DONE);

        assertThat(prune()).isEqualTo(3_000);

        assertThat(rowsIn("job")).isEqualTo(2_000);
        assertThat(rowsIn("done")).isEqualTo(1_000);
        clock.advance(Duration.ofMinutes(30));
        assertThat(prune()).isZero();
    }

    /** As by a retry by hand whose transaction is open. */
    @Test
    void aJobWhoseEndIsBeingTakenBackIsLeftAlone() throws SQLException {
        store.enqueue(List.of(Jobs.job(1), Jobs.job(2)));
        settle(claim(2), new Outcome.Discard(WHY));
        clock.advance(Duration.ofDays(31));
        try (Connection operator = database().connect();
                var statement = operator.createStatement()) {
            operator.setAutoCommit(false);
            statement.execute("delete from %s where id = 1".formatted(fixture.of("done")));

            try (PostgresStores hasty = PostgresStores.open(fixture.config())) {
                assertThat(prune(hasty.jobs(), Retention.DEFAULT)).isEqualTo(1);
            }

            operator.commit();
        }
        assertThat(database().rows("select id from " + fixture.of("job"))).containsExactly(List.of("1"));
    }

    @Test
    void aRangeBeginsBehindWhatDefaultHasOfIt() {
        long second = second() + Duration.ofHours(108).toSeconds();
        JobId early = new JobId(JobId.of(second, 1, 1).value());
        store.enqueue(List.of(Jobs.job(early.value())));
        clock.advance(Duration.ofDays(3));

        prune();

        assertThat(checks()).isZero();
        assertThat(find(early).state()).isEqualTo(JobState.AVAILABLE);
        assertThat(rowsIn("job_default")).isEqualTo(1);
        store.enqueue(List.of(Jobs.job(JobId.of(second + 1, 1, 1).value())));
        assertThat(rowsIn("job_default")).isEqualTo(1);
    }

    /** As VALIDATE where DEFAULT is large, or ATTACH where a reader stays for long. */
    @ParameterizedTest
    @ValueSource(strings = {"partition_validate", "partition_attach"})
    void aRangeThatCannotBeMadeRefusesNobody(String statement) throws SQLException {
        Statements slow = Statements.in(fixture.config().schema()).with(statement, text -> CANCELLED);
        clock.advance(Duration.ofDays(5));
        int before = ranges().size();
        try (PostgresStores hindered = fixture.running(slow);
                PostgresStores hasty = PostgresStores.open(fixture.config());
                Connection reader = database().connect()) {
            prune(hindered.jobs(), Retention.FOREVER);
            assertThat(checks()).isEqualTo(4);
            clock.advance(Duration.ofHours(17));
            store(1, Due.now());
            prune(hindered.jobs(), Retention.FOREVER);
            assertThat(checks()).isEqualTo(4);
            clock.advance(Duration.ofHours(2));
            reader.setAutoCommit(false);
            TestDatabase.rows(reader, "select count(*) from " + fixture.of("attempt_default"));
            prune(hasty.jobs(), Retention.FOREVER);
            assertThat(checks()).as("while a reader is in the way").isEqualTo(4);
            reader.rollback();

            prune(hindered.jobs(), Retention.FOREVER);

            assertThat(checks()).isZero();
            clock.advance(Duration.ofHours(5));
            store(1, Due.now());
            prune(hindered.jobs(), Retention.FOREVER);
            clock.advance(Duration.ofHours(17));
            store(1, Due.now());
        }
        assertThat(rowsIn("job_default")).isEqualTo(3);
        clock.advance(Duration.ofDays(1));
        prune(store, Retention.FOREVER);
        prune(store, Retention.FOREVER);
        assertThat(checks()).isZero();
        assertThat(ranges()).hasSizeGreaterThan(before);
        clock.advance(Duration.ofDays(1));
        store(1, Due.now());
        assertThat(rowsIn("job_default")).isEqualTo(3);
    }

    @Test
    void theFirstRangesLeadOnToTheNextWithoutAGap() {
        for (int hour = 0; hour < 100; hour += 4) {
            prune(store, Retention.FOREVER);
            store(1, Due.now());
            clock.advance(Duration.ofHours(4));
        }

        assertThat(rowsIn("job_default")).isZero();
    }

    @Test
    void aClockThatWasFarAheadForAWhileDoesNotEndTheMakingOfRanges() {
        setClock(Duration.ofDays(10_000));
        prune();
        setClock(Duration.ofHours(300));
        prune();
        setClock(Duration.ZERO);
        for (int hour = 0; hour < 20 * 24; hour += 6) {
            clock.advance(Duration.ofHours(6));
            prune();
            assertThat(checks()).isZero();
        }

        store(1, Due.now());
        assertThat(rowsIn("job_default")).isZero();
    }

    /** A range that was planned meanwhile lies decades ahead. */
    @Test
    void aRangeThatWasPlannedWhileTheClockWasFarAheadIsGivenUp() {
        Statements slow = Statements.in(fixture.config().schema()).with("partition_validate", text -> CANCELLED);
        setClock(Duration.ofDays(10_000));
        try (PostgresStores hindered = fixture.running(slow)) {
            prune(hindered.jobs(), Retention.FOREVER);
            assertThat(checks()).isEqualTo(4);
            setClock(Duration.ZERO);
            prune(hindered.jobs(), Retention.FOREVER);
        }

        assertThat(checks()).isZero();
    }

    private void setClock(Duration ahead) {
        database()
                .execute("update %s set ahead = interval '%d hours'"
                        .formatted(fixture.of("test_clock"), ahead.toHours()));
    }

    @Test
    void aJobIsFoundWhileItsRangeIsDetached() throws Exception {
        JobId late = store(1, Due.after(Duration.ofDays(90))).getFirst().id();
        clock.advance(NINE_DAYS);
        Statements held = Statements.in(fixture.config().schema())
                .with(
                        "partition_keep_together",
                        text -> "do $$ begin perform pg_advisory_xact_lock(4711); end $$;" + text);
        try (Connection holder = database().connect();
                PostgresStores pruner = fixture.running(held);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            TestDatabase.rows(holder, "select pg_advisory_lock(4711)");
            try {
                Future<Long> pruned = threads.submit(() -> prune(pruner.jobs(), Retention.DEFAULT));
                Awaitility.await().until(() -> waiting("locktype = 'advisory' and objid = 4711") > 0);
                Future<JobRecord> found = threads.submit(() -> find(late));
                Awaitility.await()
                        .until(() -> found.isDone()
                                || waiting(
                                                "relation in (select oid from pg_class where relnamespace = '%s'::regnamespace)"
                                                        .formatted(
                                                                fixture.config().schema()))
                                        > 0);
                TestDatabase.rows(holder, "select pg_advisory_unlock(4711)");
                pruned.get();
                assertThat(found.get().state()).isEqualTo(JobState.SCHEDULED);
            } finally {
                TestDatabase.rows(holder, "select pg_advisory_unlock_all()::text");
            }
        }
        assertThat(rowsIn("job_default")).isEqualTo(1);
    }

    /** Locks that somebody waits for. */
    private long waiting(String which) {
        return database().number("select count(*) from pg_locks where not granted and " + which);
    }

    /** Else everybody waits for as many moments as there are such ranges. */
    @Test
    void whereAReaderIsInTheWayOnlyOneRangeIsTried() throws SQLException {
        store(3, Due.now());
        settle(claim(3), DONE);
        clock.advance(Duration.ofDays(20));
        prune(store, Retention.FOREVER);
        String tries = fixture.of("tries");
        database().execute("create sequence " + tries);
        Statements counted = Statements.in(fixture.config().schema())
                .with(
                        "partition_lock",
                        text -> "do $$ begin if '${table}' = 'job' then perform nextval('%s'); end if; end $$;"
                                        .formatted(tries)
                                + text);
        try (PostgresStores hasty = PostgresStores.open(fixture.config(), counted);
                Connection reader = database().connect()) {
            reader.setAutoCommit(false);
            TestDatabase.rows(reader, "select count(*) from " + fixture.of("job"));
            hasty.jobs().feature(Prune.class).orElseThrow().prune(Retention.DEFAULT, 1_000);
            reader.rollback();
        }

        assertThat(database().number("select nextval('%s')".formatted(tries))).isLessThanOrEqualTo(2);
    }

    /** Changes to all jobs wait meanwhile. */
    @Test
    void aRangeThatTakesLongToSearchIsThinnedInstead() {
        store(5, Due.now());
        settle(claim(5), DONE);
        clock.advance(NINE_DAYS);
        List<String> before = ranges();
        Statements slow = Statements.in(fixture.config().schema())
                .with(
                        "partition_survivors",
                        text -> text.replace("where not", "where (select pg_sleep(1.5)) is not null and not"));
        try (PostgresStores hasty = PostgresStores.open(fixture.config(), slow)) {
            Awaitility.await().until(() -> prune(hasty.jobs(), Retention.DEFAULT) == 5);
        }

        assertThat(ranges()).contains(before.getFirst());
    }

    @Test
    void thereAreFewRangesHoweverLongItGoesOn() {
        int most = 0;
        for (int day = 0; day < 60; day++) {
            store(3, Due.now());
            settle(claim(2), DONE);
            settle(claim(1), new Outcome.Discard(WHY));
            clock.advance(Duration.ofDays(1));
            prune();
            most = Math.max(most, ranges().size());
        }

        assertThat(most).isLessThanOrEqualTo(12);
        assertThat(rowsIn("job")).isBetween(40L, 50L);
    }

    /** Then no range ever goes. */
    @Test
    void thereAreFewRangesAlsoIfEverythingIsKept() {
        for (int week = 0; week < 200; week++) {
            clock.advance(Duration.ofDays(7));
            prune(store, Retention.FOREVER);
        }

        assertThat(ranges()).hasSizeLessThanOrEqualTo(20);
        store(1, Due.now());
        assertThat(rowsIn("job_default")).isZero();
    }

    @Test
    void aRoleThatDoesNotOwnTheTablesPrunesByTheRow() {
        store(100, Due.now());
        settle(claim(90), DONE);
        List<String> before = ranges();
        clock.advance(NINE_DAYS);
        String schema = fixture.config().schema();
        String role = schema + "_app";
        database().execute("""
            create role %2$s login password 'app';
            grant usage on schema %1$s to %2$s;
            grant select, insert, update, delete on all tables in schema %1$s to %2$s;
            grant usage on all sequences in schema %1$s to %2$s\
            """.formatted(schema, role));
        PostgresConfig config = new PostgresConfig(
                fixture.config().url().replace("user=" + fixture.config().user(), "user=" + role),
                role,
                "app",
                schema,
                4,
                fixture.config().durability());
        try (PostgresStores app = PostgresStores.open(config)) {
            assertThat(prune(app.jobs(), Retention.DEFAULT)).isEqualTo(90);
        } finally {
            database().execute("drop owned by %1$s; drop role %1$s".formatted(role));
        }

        assertThat(ranges()).isEqualTo(before);
        assertThat(rowsIn("job")).isEqualTo(10);
    }

    @Test
    void prunersThatMeetRemoveEachJobOnce() throws Exception {
        store(400, Due.now());
        store.enqueue(IntStream.rangeClosed(1, 400).mapToObj(Jobs::job).toList());
        store(5, Due.after(Duration.ofDays(90)));
        settle(claim(800), DONE);
        clock.advance(NINE_DAYS);
        List<JobStore> nodes = List.of(store, fixture.another().jobs());
        AtomicInteger removed = new AtomicInteger();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                JobStore node = nodes.get(i % 2);
                running.add(threads.submit(() -> {
                    while (removed.get() < 800) {
                        removed.addAndGet((int) prune(node, Retention.DEFAULT));
                    }
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }

        assertThat(removed).hasValue(800);
        assertThat(rowsIn("job")).isEqualTo(5);
        assertThat(checks()).isZero();
    }

    /** Old jobs run, fail and are retried by hand while the range goes in which they are. */
    @Test
    void nothingIsLostOrDoubledWhileRangesGo() throws Exception {
        Retention day = new Retention(Duration.ofDays(1), Duration.ofDays(1), Duration.ofDays(1));
        Set<JobId> accepted = ConcurrentHashMap.newKeySet();
        Set<JobId> completed = ConcurrentHashMap.newKeySet();
        try (PostgresStores other = PostgresStores.open(fixture.config())) {
            for (int round = 0; round < 6; round++) {
                List<JobId> dead = store(60, Due.now()).stream().map(NewJob::id).toList();
                settle(claim(60), new Outcome.Discard(WHY));
                store(40, Due.now()).forEach(job -> accepted.add(job.id()));
                clock.advance(Duration.ofDays(3));
                AtomicBoolean over = new AtomicBoolean();
                try (ExecutorService threads = Executors.newCachedThreadPool()) {
                    Future<?> worker = threads.submit(() -> until(over, () -> work(store, completed)));
                    Future<?> pruner = threads.submit(() -> until(over, () -> prune(other.jobs(), day)));
                    try {
                        Future<?> operator = threads.submit(() -> dead.forEach(id -> revive(id, accepted)));
                        for (int i = 0; i < 40; i++) {
                            store(5, Due.now()).forEach(job -> accepted.add(job.id()));
                        }
                        operator.get();
                    } finally {
                        over.set(true);
                    }
                    worker.get();
                    pruner.get();
                }
                // Before the next jobs are discarded. By a store that knows nothing yet, so one that looks at all there
                // is: the first may
                // have come to no longer looking behind what it took, for some seconds.
                try (PostgresStores fresh = PostgresStores.open(fixture.config())) {
                    while (work(fresh.jobs(), completed) > 0) {
                        // Until nothing is left.
                    }
                }
            }
        }

        assertThat(completed).isEqualTo(accepted);
        assertThat(rowsIn("ready")).isZero();
        assertThat(database()
                        .number("select count(*) from %s j where not exists (select from %s d where d.id = j.id)"
                                .formatted(fixture.of("job"), fixture.of("done"))))
                .isZero();
        assertThat(database()
                        .number("select count(*) from %s d where not exists (select from %s j where d.id = j.id)"
                                .formatted(fixture.of("done"), fixture.of("job"))))
                .isZero();
    }

    private static void until(AtomicBoolean over, Runnable step) {
        while (!over.get()) {
            step.run();
        }
    }

    /** Retries a job by hand, unless it is gone. */
    private void revive(JobId id, Set<JobId> accepted) {
        Operate operate = store.feature(Operate.class).orElseThrow();
        Operated answer = operate.retry(Jobs.LANE.tenant(), List.of(id)).getFirst();
        if (answer instanceof Operated.Done) {
            accepted.add(id);
        } else {
            assertThat(answer).isEqualTo(new Operated.NotFound(id));
        }
    }

    /** How many jobs were completed; none was before. */
    private int work(JobStore jobs, Set<JobId> completed) {
        List<Settlement> settlements = settlements(jobs.claim(Jobs.claim(20)).leases(), DONE);
        for (Settled settled : jobs.settle(settlements)) {
            assertThat(settled.accepted()).isTrue();
            assertThat(completed.add(settled.job()))
                    .as("%s is completed once", settled.job())
                    .isTrue();
        }
        return settlements.size();
    }

    /** DEFAULT is not searched while everybody waits. */
    @Test
    void aRangeIsAttachedWithoutSearchingDefault() throws SQLException {
        clock.advance(Duration.ofDays(30));
        try (Connection connection = database().connect()) {
            Statements plain = Statements.in(fixture.config().schema());
            connection.setAutoCommit(false);
            Partitions.Range range = Partitions.Range.of(
                    JobId.of(second(), 0, 0).value(),
                    JobId.of(second() + 100, 0, 0).value());
            for (String name :
                    List.of("partition_check", "partition_validate", "partition_create", "partition_attach")) {
                try (var statement = connection.createStatement()) {
                    statement.execute("set local client_min_messages = debug1");
                    statement.execute(plain.get(name)
                            .with(Partitions.places("job", range))
                            .sql());
                    if (name.equals("partition_attach")) {
                        List<String> told = new ArrayList<>();
                        for (var warning = statement.getWarnings();
                                warning != null;
                                warning = warning.getNextWarning()) {
                            told.add(warning.getMessage());
                        }
                        assertThat(told)
                                .anyMatch(text -> text.contains(
                                        "updated partition constraint for default partition \"job_default\" is"
                                                + " implied"));
                    }
                }
            }
            connection.rollback();
        }
    }

    private long prune() {
        return prune(store, Retention.DEFAULT);
    }

    /** All that there is to do, and how many jobs were removed. */
    private static long prune(JobStore store, Retention retention) {
        Prune prune = store.feature(Prune.class).orElseThrow();
        long removed = 0;
        Pruned pruned;
        do {
            pruned = prune.prune(retention, 1_000);
            removed += pruned.total();
        } while (pruned.more());
        return removed;
    }

    private long second() {
        return clock.instant().getEpochSecond() - JobId.EPOCH_SECOND;
    }

    private NewJob job(Payload payload, Due due) {
        return Jobs.job(JobId.of(second(), 7, counter.incrementAndGet()).value(), payload, due);
    }

    private List<NewJob> jobs(int n, Due due) {
        return IntStream.range(0, n).mapToObj(i -> job(Payload.json("{}"), due)).toList();
    }

    /** Of now. */
    private List<NewJob> store(int n, Due due) {
        List<NewJob> jobs = new ArrayList<>(jobs(n, due));
        assertThat(store.enqueue(jobs)).allMatch(Enqueued.Accepted.class::isInstance);
        return jobs;
    }

    private List<Lease> claim(int n) {
        List<Lease> leases = store.claim(new ClaimRequest(
                        UUID.randomUUID(), 1, List.of(Jobs.LANE), n, Long.MAX_VALUE, Duration.ofDays(1), false))
                .leases();
        Set<JobId> jobs = new HashSet<>();
        leases.forEach(lease -> lease.claims().stream().map(Claim::job).forEach(jobs::add));
        assertThat(jobs).hasSize(n);
        return leases;
    }

    private void settle(List<Lease> leases, Outcome outcome) {
        assertThat(store.settle(settlements(leases, outcome))).allMatch(Settled::accepted);
    }

    private static List<Settlement> settlements(List<Lease> leases, Outcome outcome) {
        return leases.stream()
                .flatMap(
                        lease -> lease.claims().stream().map(claim -> new Settlement(lease.id(), claim.job(), outcome)))
                .toList();
    }

    private JobRecord find(JobId id) {
        return store.feature(Inspect.class)
                .orElseThrow()
                .find(Jobs.LANE.tenant(), id)
                .orElseThrow();
    }

    private long rowsIn(String table) {
        return database().number("select count(*) from " + fixture.of(table));
    }

    private List<String> ranges() {
        return tables("done\\_2%");
    }

    private List<String> tables(String like) {
        return database()
                .rows("select tablename from pg_tables where schemaname = '%s' and tablename like '%s' order by 1"
                        .formatted(fixture.config().schema(), like))
                .stream()
                .map(List::getFirst)
                .toList();
    }

    /** How many tables refuse a range that is being made. */
    private long checks() {
        return database()
                .number(
                        "select count(*) from pg_constraint where conname = 'ahead' and connamespace = '%s'::regnamespace"
                                .formatted(fixture.config().schema()));
    }
}
