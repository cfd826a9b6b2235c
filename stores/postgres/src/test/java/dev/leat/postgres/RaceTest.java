package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.StoreException;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Claimed.Left;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.testkit.StoreClock;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What threads that meet inside PostgreSQL could do to each other. */
class RaceTest {
    private static final int THREADS = 8;

    private final TestDatabase database = TestDatabase.newest();
    private final StoreClock clock = new StoreClock();
    private JobStore store;

    @BeforeEach
    void open() {
        store = database.contract().emptied(clock).jobs();
    }

    @Test
    void claimsWithOneClaimIdTakeTogetherWhatOneMayTake() throws Exception {
        store.enqueue(Jobs.scattered(400));
        for (int round = 0; round < 20; round++) {
            ClaimRequest request = Jobs.claim(new UUID(0, round), 10);

            Map<JobId, LeaseId> jobs = new HashMap<>();
            for (Claimed claimed : atOnce(thread -> () -> store.claim(request))) {
                for (Lease lease : claimed.leases()) {
                    lease.claims()
                            .forEach(claim -> assertThat(jobs.merge(claim.job(), lease.id(), (one, same) -> same))
                                    .isEqualTo(lease.id()));
                }
            }

            assertThat(jobs).as("round %d", round).hasSizeBetween(1, 10);
            assertThat(database.number(
                            "select coalesce(sum(upper(run) - lower(run)), 0) from %s, unnest(ids) run where claim_id = '%s'"
                                    .formatted(database.contract().of("lease"), request.claimId())))
                    .as("jobs leased under one claim id")
                    .isEqualTo(jobs.size());
        }
    }

    /** As by a transaction that was open for a minute. */
    @Test
    void whatIsCommittedBehindJobsThatWereClaimedIsHandedOut() {
        store.enqueue(Jobs.scattered(10));
        for (int i = 0; i < 5; i++) {
            assertThat(store.claim(Jobs.claim(1)).leases()).hasSize(1);
        }
        // Not by an update, which another test is to find none of.
        database.execute("""
            with earlier as (delete from %s where lo in (18, 20) returning *)
            insert into %s(lane, priority, pos, lo, n, size)
            select lane, priority, pos - 60000000, lo, n, size from earlier\
            """.formatted(ready(), ready()));

        List<Long> rest = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            store.claim(Jobs.claim(1))
                    .leases()
                    .forEach(lease -> rest.add(lease.claims().getFirst().job().value()));
        }
        assertThat(rest).containsExactlyInAnyOrder(12L, 14L, 16L, 18L, 20L);
    }

    @Test
    void whatComesDueBehindWhatWasPromotedIsPromoted() {
        Due inAnHour = new Due.After(Duration.ofHours(1));
        store.enqueue(LongStream.rangeClosed(1, 4)
                .mapToObj(i -> Jobs.job(2 * i, Payload.json("{}"), inAnHour))
                .toList());
        clock.advance(Duration.ofHours(2));
        assertThat(store.promote(2).total()).isEqualTo(2);
        assertThat(store.promote(1).total()).isEqualTo(1);
        database.execute("update %s set run_at = run_at - interval '1 hour'"
                .formatted(database.contract().of("scheduled")));

        assertThat(store.promote(1).total()).isEqualTo(1);
    }

    /** Many go in by COPY, which knows no conflicts; then they go in as few do. */
    @Test
    void ofManyJobsThoseThatAreKnownAreTold() {
        List<NewJob> jobs = LongStream.rangeClosed(1, 2_000)
                .mapToObj(i -> Jobs.job(i, Payload.json("\"" + "x".repeat((int) (i * 37 % 100_000)) + "\""), Due.now()))
                .collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(jobs, new Random(5));
        List<NewJob> before = jobs.subList(100, 400);
        assertThat(store.enqueue(before)).allMatch(Enqueued.Accepted.class::isInstance);
        assertThat(store.enqueue(before)).allMatch(Enqueued.Duplicate.class::isInstance);

        List<Enqueued> answers = store.enqueue(jobs);
        assertThat(answers.stream().map(Enqueued::id))
                .containsExactlyElementsOf(jobs.stream().map(NewJob::id).toList());
        assertThat(answers.subList(100, 400)).allMatch(Enqueued.Duplicate.class::isInstance);
        assertThat(answers.stream().filter(Enqueued.Accepted.class::isInstance)).hasSize(1_700);

        Map<JobId, Payload> handedOut = new HashMap<>();
        while (handedOut.size() < 2_000) {
            List<Lease> leases = store.claim(Jobs.claim(1_000)).leases();
            assertThat(leases).isNotEmpty();
            leases.forEach(lease -> lease.claims()
                    .forEach(claim -> assertThat(handedOut.put(claim.job(), claim.payload()))
                            .isNull()));
        }
        jobs.forEach(job -> assertThat(handedOut.get(job.id())).isEqualTo(job.payload()));
    }

    /** The driver commits what is open on a connection that is given back, and the pool may not know that anything is. */
    @Test
    void whateverIsThrownAfterACopyUndoesIt() {
        PostgresConfig config = database.contract().config();
        try (Database own = new Database(config, Statements.in(config.schema()))) {
            assertThatThrownBy(() -> own.transaction(connection -> {
                        try (JobCopy copy = new JobCopy(own.copy(connection, "enqueue_copy"))) {
                            copy.write(Jobs.job(5), 1);
                            copy.end();
                        }
                        throw new OutOfMemoryError("as planned");
                    }))
                    .isInstanceOf(OutOfMemoryError.class);
        }
        assertThat(database.number("select count(*) from " + database.contract().of("job")))
                .isZero();
    }

    /** A search with a mark fails, so that it is seen. */
    @Test
    void aClaimGoesOnFromWhereTheLastOneHadComeTo() {
        PostgresConfig config = database.contract().config();
        Statements seen = Fixture.planted(
                Statements.in(config.schema()),
                "claim",
                text -> text.replace("r.pos >= w.mark", "r.pos >= 1 / (case when w.mark > 0 then 0 else 1 end)"));
        store.enqueue(Jobs.scattered(10));
        try (PostgresStores stores = PostgresStores.open(config, seen)) {
            assertThat(stores.jobs().claim(Jobs.claim(2)).jobs()).isEqualTo(2);
            assertThatThrownBy(() -> stores.jobs().claim(Jobs.claim(2))).hasMessageContaining("division by zero");
        }
    }

    @Test
    void aMarkOfBeforeTheClockWasSetBackDoesNotCount() {
        String clockTable = database.contract().of("test_clock");
        database.execute("update %s set ahead = interval '1 hour'".formatted(clockTable));
        store.enqueue(Jobs.scattered(10));
        assertThat(store.claim(Jobs.claim(2)).jobs()).isEqualTo(2);
        database.execute("update %s set ahead = interval '0'".formatted(clockTable));
        store.enqueue(List.of(Jobs.job(1_000)));

        assertThat(store.claim(Jobs.claim(1))
                        .leases()
                        .getFirst()
                        .claims()
                        .getFirst()
                        .job())
                .isEqualTo(new JobId(1_000));
    }

    @Test
    void aTurnWhoseClaimFailsHasSettledNothing() {
        store.enqueue(Jobs.scattered(2));
        Lease lease = store.claim(Jobs.claim(1)).leases().getFirst();
        List<Settlement> settlements =
                List.of(new Settlement(lease.id(), lease.claims().getFirst().job(), new Outcome.Completed(null)));
        PostgresConfig config = database.contract().config();
        Statements failing = Fixture.planted(
                Statements.in(config.schema()),
                "claim",
                text -> text.replace("select t.locked,", "select 1 / (t.locked - t.locked),"));
        try (PostgresStores broken = PostgresStores.open(config, failing)) {
            assertThatThrownBy(() -> broken.jobs().settleAndClaim(settlements, Jobs.claim(1)))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.effect()).isEqualTo(StoreException.Effect.NONE));
        }

        assertThat(store.settle(settlements)).allMatch(Settled::accepted);
        assertThat(store.claim(Jobs.claim(2)).jobs()).isEqualTo(1);
    }

    /** Each call locks its ids in their own order, whatever the order it was given them in. */
    @Test
    void enqueuesOfTheSameJobsInOppositeOrderDoNotWaitInACircle() throws Exception {
        long deadlocks = deadlocks();
        for (int round = 0; round < 10; round++) {
            long first = 1_000L * (round + 1);
            List<NewJob> jobs =
                    LongStream.range(first, first + 300).mapToObj(Jobs::job).toList();

            long accepted = atOnce(thread -> () -> {
                        List<NewJob> ordered = new ArrayList<>(jobs);
                        if (thread % 2 == 1) {
                            Collections.reverse(ordered);
                        }
                        return store.enqueue(ordered);
                    })
                    .stream()
                    .flatMap(List::stream)
                    .filter(Enqueued.Accepted.class::isInstance)
                    .count();

            assertThat(accepted).isEqualTo(jobs.size());
        }
        assertThat(deadlocks()).isEqualTo(deadlocks);
    }

    /** Those who change single jobs wait for each other, in one order. */
    @Test
    void changesByHandInOppositeOrderDoNotWaitInACircle() throws Exception {
        long deadlocks = deadlocks();
        store.enqueue(LongStream.range(1, 2_001).mapToObj(Jobs::job).toList());
        store.enqueue(LongStream.range(3_000, 5_000)
                .mapToObj(id -> Jobs.job(id, Payload.json("1"), Due.after(Duration.ofHours(1))))
                .toList());
        Operate operate = store.feature(Operate.class).orElseThrow();
        TenantName tenant = Jobs.LANE.tenant();

        atOnce(thread -> () -> {
            List<JobId> ids = new ArrayList<>(
                    LongStream.range(1, 5_000).mapToObj(JobId::new).toList());
            Collections.shuffle(ids, new Random(thread));
            for (int i = 0; i < 4_000; i += 200) {
                List<JobId> some = ids.subList(i, i + 200);
                switch ((thread + i / 200) % 4) {
                    case 0 -> operate.cancel(tenant, some);
                    case 1 -> operate.amend(tenant, some, new Amendment.Reprioritise(thread));
                    case 2 -> operate.amend(tenant, some, new Amendment.Reschedule(laterOrNow(thread)));
                    default -> operate.retry(tenant, some);
                }
            }
            return 0;
        });

        assertThat(deadlocks()).isEqualTo(deadlocks);
    }

    private static Due laterOrNow(int thread) {
        return thread % 2 == 0 ? Due.now() : Due.after(Duration.ofHours(2));
    }

    @Test
    void jobsAmendedTogetherAreBlocksAgain() {
        store.enqueue(LongStream.range(1, 3_001).mapToObj(Jobs::job).toList());
        List<JobId> ids = LongStream.range(1, 3_001).mapToObj(JobId::new).toList();
        Operate operate = store.feature(Operate.class).orElseThrow();

        operate.amend(Jobs.LANE.tenant(), ids.subList(200, 1_400), new Amendment.Reprioritise(1));
        operate.amend(Jobs.LANE.tenant(), ids.subList(1_500, 2_700), new Amendment.Reschedule(laterOrNow(1)));
        operate.amend(
                Jobs.LANE.tenant(),
                ids.subList(100, 150),
                new Amendment.ReplacePayload(Payload.json("\"longer than before\"")));

        assertThat(database.rows("select priority, lo, n, size > 12 from %s order by lo".formatted(ready())))
                .containsExactly(
                        List.of("4", "1", "100", "f"),
                        List.of("4", "101", "50", "t"),
                        List.of("4", "151", "50", "f"),
                        List.of("1", "201", "1000", "f"),
                        List.of("1", "1201", "200", "f"),
                        List.of("4", "1401", "100", "f"),
                        List.of("4", "2701", "300", "f"));
        assertThat(database.rows("select lo, n, retry from %s order by lo"
                        .formatted(database.contract().of("scheduled"))))
                .containsExactly(List.of("1501", "1000", "f"), List.of("2501", "200", "f"));
    }

    @Test
    void jobsRetriedTogetherAreBlocksAgain() {
        store.enqueue(LongStream.range(1, 3_001).mapToObj(Jobs::job).toList());
        List<JobId> ids = LongStream.range(1, 3_001).mapToObj(JobId::new).toList();
        Operate operate = store.feature(Operate.class).orElseThrow();
        operate.cancel(Jobs.LANE.tenant(), ids.subList(100, 2_600));

        operate.retry(Jobs.LANE.tenant(), ids.subList(200, 1_400));

        assertThat(database.rows("select lo, n from %s order by lo".formatted(ready())))
                .containsExactly(
                        List.of("1", "100"), List.of("201", "1000"), List.of("1201", "200"), List.of("2601", "400"));
    }

    @Test
    void aJobIsNotRetriedForEver() {
        store.enqueue(List.of(Jobs.job(1), Jobs.job(2)));
        Operate operate = store.feature(Operate.class).orElseThrow();
        List<JobId> ids = List.of(new JobId(1), new JobId(2));
        operate.cancel(Jobs.LANE.tenant(), ids);
        database.execute("update %s set attempt = %d - 2 + id".formatted(done(), Operate.MOST_ATTEMPTS));

        assertThat(operate.retry(Jobs.LANE.tenant(), ids))
                .containsExactly(
                        new Operated.Done(new JobId(1), Jobs.LANE, JobState.AVAILABLE),
                        new Operated.NotAllowed(new JobId(2), JobState.CANCELLED));
    }

    /** A claim that locks more than it needs leaves others nothing, for as long as it keeps doing so. */
    @Test
    void claimsOfFewJobsFromLargeBlocksLeaveTheOtherBlocksToOthers() {
        for (long lo = 1; lo <= 20_000; lo += 1_000) {
            store.enqueue(LongStream.range(lo, lo + 1_000).mapToObj(Jobs::job).toList());
        }
        for (int i = 0; i < 5; i++) {
            assertThat(store.claim(Jobs.claim(32)).jobs()).isEqualTo(32);
        }

        long before = database.number("select max(xmax::text::bigint) from " + ready());
        store.claim(Jobs.claim(32));

        assertThat(database.number("select count(*) from %s where xmax::text::bigint > %d".formatted(ready(), before)))
                .as("blocks that the sixth claim locked and left as they were")
                .isLessThanOrEqualTo(1);
    }

    @Test
    void aLeaseThatAnotherStatementHasHoldOfIsBusyAndEndsWhenItDid() throws Exception {
        store.enqueue(Jobs.scattered(2));
        List<LeaseId> leases = Stream.of(store.claim(Jobs.claim(1)), store.claim(Jobs.claim(1)))
                .map(claimed -> claimed.leases().getFirst().id())
                .toList();
        String first = "from %s where lid = %d"
                .formatted(database.contract().of("lease"), leases.getFirst().value());
        String end = "select lease_until " + first;
        List<List<String>> before = database.rows(end);
        clock.advance(Duration.ofSeconds(1));
        try (Connection other = database.connect()) {
            other.setAutoCommit(false);
            TestDatabase.rows(other, "select %s for update".formatted(first));

            assertThat(store.renew(leases, Duration.ofMinutes(5)))
                    .containsExactly(
                            new Renewed(leases.get(0), Renewed.Answer.BUSY),
                            new Renewed(leases.get(1), Renewed.Answer.RENEWED));

            assertThat(database.rows(end)).isEqualTo(before);
            other.rollback();
        }
        assertThat(store.renew(leases, Duration.ofMinutes(5)))
                .extracting(Renewed::answer)
                .containsOnly(Renewed.Answer.RENEWED);
    }

    @Test
    void aClaimThatOnlyFindsJobsBeingHandedOutSaysSo() throws Exception {
        assertThat(store.claim(Jobs.claim(1))).isEqualTo(Claimed.NOTHING);
        store.enqueue(Jobs.scattered(3));
        try (Connection other = database.connect()) {
            other.setAutoCommit(false);
            TestDatabase.rows(other, "select from %s for update".formatted(ready()));
            assertThat(store.claim(Jobs.claim(1))).isEqualTo(Claimed.CONTENDED);
            other.rollback();
            TestDatabase.rows(other, "select from %s order by lo limit 1 for update".formatted(ready()));
            Claimed claimed = store.claim(Jobs.claim(9));
            assertThat(claimed.jobs()).isEqualTo(2);
            assertThat(claimed.left()).isEqualTo(Left.MORE);
            other.rollback();
        }
        Claimed claimed = store.claim(Jobs.claim(9));
        assertThat(claimed.jobs()).isEqualTo(1);
        assertThat(claimed.left()).isEqualTo(Left.NOTHING);
        assertThat(store.claim(Jobs.claim(1))).isEqualTo(Claimed.NOTHING);
    }

    private String done() {
        return database.contract().of("done");
    }

    private String ready() {
        return database.contract().of("ready");
    }

    private long deadlocks() {
        return database.number("select deadlocks from pg_stat_database where datname = current_database()");
    }

    private static <T> List<T> atOnce(IntFunction<Callable<T>> work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Callable<T> each = work.apply(i);
                running.add(threads.submit(() -> {
                    start.await();
                    return each.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> each : running) {
                results.add(each.get());
            }
            return results;
        }
    }
}
