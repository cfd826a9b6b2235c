package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedMethod;

import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.NewJob;
import dev.leat.testkit.JobStoreContract;
import dev.leat.testkit.StoreClock;
import dev.leat.testkit.TransactionalContract;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The contract is only worth something if it finds the bugs that queues in PostgreSQL are known to have. */
class PlantedBugsTest {
    private static final String SUBSELECT = """
        select lane, priority, pos, lo from ${schema}.ready
        where lane = any(:lanes::int[])
        order by pos, lo
        limit :max_jobs::int
        for update skip locked\
        """;

    private static final String CLAIM_BY_IN = claimBy("", SUBSELECT);
    private static final String CLAIM_BY_TABLE =
            claimBy("chosen as materialized (" + SUBSELECT + "),\n", "select * from chosen");

    /** A bug, and what the contract should find it with. */
    enum Bug {
        CLAIM_BY_IN_SUBSELECT_THAT_IS_RUN_AGAIN("claim", text -> CLAIM_BY_IN, "ClaimOrder#aClaimOfSomeTakesTheOldest"),
        CLAIM_THAT_LEAVES_ITS_JOBS_TO_OTHERS(
                "claim",
                replace(
                        "delete from ${schema}.ready where ctid", "select 1 from ${schema}.ready where ctid",
                        "from cut))\n  returning 1)", "from cut)))"),
                "Claims#aJobIsHandedOutOnce"),
        SETTLEMENT_WITHOUT_TOKEN(
                "settle",
                replace(
                        "select l.lid, l.ids,", "select a.lid told, l.lid, l.ids,",
                        "where lid = a.lid", "where ids && a.ids",
                        "o.lid = h.lid", "o.lid = h.told",
                        "g.lid = h.lid", "g.lid = h.told",
                        "select lid, took from held", "select told lid, took from held"),
                "Fencing#theHolderBeforeCannotDisturbTheHolderNow",
                "Fencing#theHolderBeforeARetryCannotDisturbTheHolderNow"),
        COMPLETION_WITHOUT_TOKEN(
                "settle_completed",
                replace(
                        "select l.lid, l.ids,", "select a.lid told, l.lid, l.ids,",
                        "where lid = a.lid", "where ids && a.ids",
                        "select lid, took from held", "select told lid, took from held"),
                "Fencing#theHolderBeforeCannotDisturbTheHolderNow"),
        SETTLEMENT_OF_JOBS_THE_LEASE_DOES_NOT_HOLD(
                "settle_completed",
                replace("l.ids * a.ids took", "a.ids took"),
                "Fencing#aLeaseSettlesOnlyTheJobsItHolds"),
        SETTLEMENT_THAT_ENDS_THE_WHOLE_LEASE(
                "settle_completed", replace("l.ids * a.ids took", "l.ids took"), "Fencing#aLeaseMayBeSettledInParts"),
        TOKEN_RESET_BY_RECLAIM(
                "reclaim",
                replace(
                        "null::bigint oldest from judged",
                        "nullif(setval('${schema}.lease_id', lid, false), lid) oldest from judged"),
                "Fencing#tokensGrowOverReclaims",
                "Fencing#theHolderBeforeCannotDisturbTheHolderNow"),
        RECLAIM_WITHOUT_ATTEMPT_LIMIT(
                "reclaim", replace(" or spent >= max_attempts", ""), "Suspects#aCrashInTheLastAttemptIsTheLast"),
        RECLAIM_WITHOUT_CRASH_LIMIT("reclaim", replace("crashes >= 3 or ", ""), "Suspects#theThirdCrashIsTheLast"),
        RECLAIM_THAT_CHARGES_EVERY_JOB(
                "reclaim",
                replace(
                        "case e.suspicion when 2 then e.crashes + 1 else e.crashes end", "e.crashes + 1",
                        "case e.suspicion when 2 then e.attempt else e.attempt - 1 end", "e.attempt"),
                "Suspects#aDeathCostsNobodyAnAttempt",
                "Poison#onePoisonedJobCostsItsTwoHundredNeighboursNothing"),
        RECLAIM_OF_LEASES_THAT_HAVE_NOT_ENDED(
                "reclaim",
                replace("and lease_until <= ${schema}.now()", ""),
                "Leases#nothingIsTakenBackBeforeTheLeaseEnds"),
        CLASH_TAKEN_FOR_SUCCESS(
                "enqueue", replace("false, j.lane", "true, j.lane"), "Enqueue#anotherPayloadUnderTheSameIdClashes"),
        ENQUEUE_THAT_OVERWRITES(
                "enqueue",
                replace(
                        "do nothing", "do update set payload = excluded.payload",
                        "select lane, lo, n from block)", "select lane, lo, n from block on conflict do nothing)"),
                "Enqueue#theSameJobAgainIsADuplicate"),
        RENEWAL_BY_WORKER(
                "renew",
                replace(
                        "lid = any(:lids::bigint[])",
                        "worker in (select worker from ${schema}.lease where lid = any(:lids::bigint[]))"),
                "Leases#aRenewalHelpsNoOtherLeaseOfItsWorker"),
        CANCELLATION_THAT_FORGETS_THE_REST_OF_A_BLOCK(
                "cancel",
                replace("- w.ids) run),\nrest_of_scheduled", "- w.ids) run where false),\nrest_of_scheduled"),
                "Operations#jobsAmongOthersAreCancelledAlone"),
        CANCELLATION_THAT_KEEPS_THE_WHOLE_BLOCK(
                "cancel",
                replace("b.lo + b.n)) - w.ids) run),\nrest_of_scheduled", "b.lo + b.n))) run),\nrest_of_scheduled"),
                "Operations#anAvailableJobIsCancelledAndNeverHandedOut"),
        CANCELLATION_ACROSS_TENANTS(
                "cancel",
                replace("and a.tenant = :tenant::text", "and :tenant::text is not null"),
                "Operations#anotherTenantsJobIsNotFoundAndNotTouched"),
        CANCELLATION_OF_WHAT_IS_BEING_HANDED_OUT(
                "cancel",
                replace(
                        "from wanted w join from_ready b",
                        "from wanted w join old_ready b",
                        "|| state from taken)",
                        "|| state from taken on conflict do nothing)",
                        "from_suspect as (",
                        "old_ready as (select ctid tid, pos, attempt, crashes from ${schema}.ready"
                                + " where ctid = any(array(select ready from wanted))),\nfrom_suspect as ("),
                "Races#aJobIsEitherCancelledOrHandedOut"),
        RETRY_ACROSS_TENANTS(
                "retry",
                replace("and a.tenant = :tenant::text", "and :tenant::text is not null"),
                "Operations#anotherTenantsJobIsNotFoundAndNotTouched"),
        RETRY_THAT_KEEPS_THE_END(
                "retry",
                replace(
                        "delete from ${schema}.done\n  where id",
                        "select id, state, attempt, crashes, lid, worker, started_at, finished_at, error, detail from"
                                + " ${schema}.done where id",
                        "\n"
                            + "  returning id, state, attempt, crashes, lid, worker, started_at, finished_at, error,"
                            + " detail),",
                        "),"),
                "Operations#aDiscardedJobRunsAgainAndItsFailureStaysVisible"),
        RETRY_WITHOUT_ONE_MORE_ATTEMPT(
                "retry",
                replace("where j.id = p.id and p.attempt", "where false and j.id = p.id and p.attempt"),
                "Operations#aJobWithoutAttemptsLeftGetsOneMore"),
        RETRY_THAT_FORGETS_WHY(
                "retry",
                replace("from from_done where lid is not null", "from from_done where false"),
                "Operations#aDiscardedJobRunsAgainAndItsFailureStaysVisible"),
        RETRY_THAT_STARTS_TOKENS_ANEW(
                "retry",
                replace(
                        "'available' state from taken",
                        "'available' state from taken, lateral (select setval('${schema}.lease_id',"
                                + " greatest(1, (select min(lid) from from_done)), false)) reset"),
                "Operations#tokensGrowOverARetry"),
        AMENDMENT_ACROSS_TENANTS(
                "amend",
                replace("and a.tenant = :tenant::text", "and :tenant::text is not null"),
                "Amendments#anotherTenantsJobIsNotFoundAndNotTouched"),
        AMENDMENT_OF_THE_BLOCK_ALONE(
                "amend",
                replace("where j.id = p.id and (", "where false and j.id = p.id and ("),
                "Amendments#aMovedJobIsListedAndCountedWhereItIs",
                "Amendments#aReplacedPayloadIsHandedOutByteForByte"),
        AMENDMENT_OF_THE_JOB_ALONE(
                "amend",
                replace(
                        "select t.id, t.aim lane,",
                        "select t.id, t.lane,",
                        "set lane = p.lane",
                        "set lane = (select aim from aims)"),
                "Amendments#aMovedJobIsHandedOutWhereItIsAndNotWhereItWas"),
        AMENDMENT_THAT_FORGETS_WHAT_WAS_ENQUEUED(
                "amend",
                replace("from taken where :queue", "from taken where false and :queue"),
                "Amendments#anAmendedJobIsKnownByWhatItWasEnqueuedWith"),
        AMENDMENT_THAT_REMEMBERS_THE_LAST_ONLY(
                "amend",
                replace("on conflict (id) do nothing", "on conflict (id) do update set lane = excluded.lane"),
                "Amendments#aJobThatWasAmendedInEveryWayIsStillKnownOnceItHasEnded"),
        AMENDMENT_THAT_KEEPS_THE_OLD_SIZE(
                "amend",
                replace("octet_length(coalesce(:payload::bytea, j.payload))", "octet_length(j.payload)"),
                "Amendments#aClaimReckonsWithTheNewSize"),
        AMENDMENT_THAT_FORGETS_THE_SUSPICION(
                "amend",
                replace("then t.suspicion else 0", "then 0 else 0"),
                "Amendments#aJobThatWaitsIsAsTheAmendmentSaysAndElseAsItWas"),
        AMENDMENT_OF_WHAT_IS_BEING_HANDED_OUT(
                "amend",
                replace(
                        "from wanted w join from_ready b",
                        "from wanted w join old_ready b",
                        "from_suspect as (",
                        "old_ready as (select ctid tid, pos, attempt, crashes from ${schema}.ready"
                                + " where ctid = any(array(select ready from wanted))),\nfrom_suspect as (",
                        "coalesce(e.hi, 0) <= p.id)",
                        "coalesce(e.hi, 0) <= p.id on conflict do nothing)"),
                "Races#ofManyWhoMoveTheSameJobsOneIsTheLast"),
        PRUNE_OF_JOBS_THAT_HAVE_NOT_ENDED(
                "partition_survivors",
                replace("where not coalesce(d.finished_at", "where d.id is not null and not coalesce(d.finished_at"),
                "Pruning#aJobThatIsDueInNinetyDaysOutlivesThreeRunsAndIsRunAfterwards"),
        PRUNE_OF_DISCARDED_JOBS_WITH_THE_COMPLETED(
                "partition_survivors",
                replace("when 2 then :discarded_seconds", "when 2 then :completed_seconds"),
                "Pruning#eachStateHasATimeOfItsOwn"),
        KEY_THAT_IS_CHECKED_AND_THEN_TAKEN(
                "enqueue_unique",
                replace("where (k.lane, k.key, k.id) in (select lane, key, id from holder where free)", ""),
                "UniqueKeys#ofManyWhoEnqueueWithOneKeyOneIsStored"),
        KEY_WHOSE_HOLDER_IS_JUDGED_BY_AN_OLD_SNAPSHOT(
                "enqueue_unique",
                replace(
                        "where (k.lane, k.key, k.id) in (select lane, key, id from holder where free)",
                        "where not exists (select from ${schema}.job where id = k.id)"
                                + " or exists (select from ${schema}.done where id = k.id)"),
                "UniqueKeys#ofManyWhoEnqueueWithOneKeyOneIsStored"),
        KEY_THAT_IS_NEVER_FREE(
                "enqueue_unique",
                replace("from ${schema}.done where id = k.id", "from ${schema}.done where id = -k.id"),
                "UniqueKeys#aJobThatHasEndedFreesItsKey"),
        KEY_THAT_FORGETS_ITS_WINDOW(
                "enqueue_unique",
                replace("case when k.until is not null then k.until <= ${schema}.now()", "case when false then false"),
                "UniqueKeys#aWindowLastsLongerThanItsJob"),
        KEY_ACROSS_LANES(
                "enqueue_unique",
                replace("where lane = f.lane and key = f.key", "where key = f.key"),
                "UniqueKeys#aKeyIsTheLanesOwn"),
        KEY_THAT_GOES_TO_THE_LAST_OF_A_CALL(
                "enqueue_unique",
                replace(
                        "distinct on (lane, key) * from keyed order by lane, key, place",
                        "distinct on (lane, key) * from keyed order by lane, key, place desc"),
                "UniqueKeys#inOneCallTheFirstWithAKeyIsStored"),
        WINDOW_THAT_ENDS_WITH_ITS_PRUNED_JOB(
                "gone_drop",
                replace("and k.until is null and exists", "and exists"),
                "UniqueKeys#aWindowOutlivesAPrunedJob"),
        LIST_THAT_FORGETS_EARLIER_RUNS(
                "heads",
                replace("coalesce(d.error, t.error)", "d.error"),
                "Inspection#aListTellsWhyTheLastRunFailedAndForgetsItOnceOneDidNot"),
        PAGE_OF_QUEUES_THAT_COUNTS_LANES(
                "counts",
                replace("select distinct queue", "select queue"),
                "Inspection#pagesOfQueuesFollowEachOtherWithoutGapOrOverlap"),
        PROMOTION_BEFORE_TIME(
                "promote",
                replace("run_at <= ${schema}.now()", "run_at <= ${schema}.now() + interval '2 hours'"),
                "DueTimes#aDelayedJobRunsAfterItsDelayAndNotBefore"),
        RENEWAL_THAT_GIVES_UP_WHAT_A_TRANSACTION_HOLDS(
                "renew",
                replace(" or part < 0", ""),
                "Completions#whileATransactionCompletesAJobItsLeaseIsHeldWhateverTheTime"),
        SPLIT_THAT_LEAVES_THE_JOB_WHERE_IT_WAS(
                "split",
                replace("where l.lid = :lid::bigint and not isempty(o.others)", "where false"),
                "Completions#aJobThatIsSplitOffIsAloneInAGreaterLease"),
        SPLIT_OF_WHAT_THE_LEASE_DOES_NOT_HOLD(
                "split", replace("where ids @> :id::bigint", ""), "Completions#whatALeaseDoesNotHoldIsNotSplitOff"),
        SPLIT_INTO_A_CLAIM_OF_ITS_OWN(
                "split",
                replace("select new_lid, claim_id,", "select new_lid, gen_random_uuid(),"),
                "Completions#aClaimThatIsAskedAgainHandsOutWhatWasSplitOff"),
        COMPLETION_THAT_TAKES_AN_OPEN_TRANSACTION_FOR_NONE(
                "completion",
                replace("exists (select from free) free", "true free"),
                "Completions#aCommitCompletesTheJobWithTheCallersRow");

        private final String statement;
        private final UnaryOperator<String> change;
        private final List<String> finders;

        Bug(String statement, UnaryOperator<String> change, String... finders) {
            this.statement = statement;
            this.change = change;
            this.finders = List.of(finders);
        }

        private static UnaryOperator<String> replace(String... pairs) {
            return text -> {
                String changed = text;
                for (int i = 0; i < pairs.length; i += 2) {
                    assertThat(changed).as("the text to plant a bug in").contains(pairs[i]);
                    changed = changed.replace(pairs[i], pairs[i + 1]);
                }
                return changed;
            };
        }
    }

    /** A bug in what claims or settles few at once, and what the contract should find it with. */
    enum BugOfFew {
        CLAIM_THAT_LEAVES_ITS_JOBS_TO_OTHERS(
                "claim_few",
                Bug.replace("delete from", "perform 1 from", "ctid = block.tid", "ctid = block.tid for update"),
                "Claims#aJobIsHandedOutOnce"),
        CLAIM_THAT_FORGETS_THE_REST_OF_A_BLOCK(
                "claim_few",
                Bug.replace("if took < block.n", "if false"),
                "Claims#aBlockTakenOneAtATimeGivesEachJobOnce"),
        CLAIM_THAT_DOES_NOT_KNOW_ITS_ID("claim_few", Bug.replace("if p_again and", "if false and"), "ClaimAgain"),
        CLAIM_THAT_OVERLOOKS_SUSPECTS(
                "claim_few", Bug.replace("suspects := p_suspects and", "suspects := false and"), "Suspects"),
        CLAIM_WITHOUT_BOUND_IN_BYTES("claim_few", Bug.replace("bytes_left / block.size", "block.n"), "Claims"),
        SETTLEMENT_WITHOUT_TOKEN(
                "settle_few",
                Bug.replace(
                        "where l.lid = p_lids[i]", "where l.ids @> p_los[i]", "lid := lease.lid", "lid := p_lids[i]"),
                "Fencing#theHolderBeforeCannotDisturbTheHolderNow"),
        SETTLEMENT_OF_JOBS_THE_LEASE_DOES_NOT_HOLD(
                "settle_few", Bug.replace("took := lease.ids *", "took :="), "Fencing#aLeaseSettlesOnlyTheJobsItHolds"),
        SETTLEMENT_THAT_ENDS_THE_WHOLE_LEASE("settle_few", Bug.replace("if lease.ids = took", "if true"), "Fencing"),
        SETTLEMENT_THAT_IS_NOT_COUNTED(
                "settle_few",
                Bug.replace("select lease.lane, 1, upper(run)", "select lease.lane, 1, lower(run)"),
                "Inspection");

        private final String function;
        private final UnaryOperator<String> change;
        private final String finder;

        BugOfFew(String function, UnaryOperator<String> change, String finder) {
            this.function = function;
            this.change = change;
            this.finder = finder;
        }
    }

    /** The claim that many queues in PostgreSQL have, for blocks of one job. */
    private static String claimBy(String table, String chosen) {
        return "with\n" + table + "won as (delete from ${schema}.ready where (lane, priority, pos, lo) in (" + chosen
                + ")" + """
                  returning lane, priority, lo, n, attempt, crashes),
                made as materialized (
                  select nextval('${schema}.lease_id') lid, w.* from (
                    select lane, priority, attempt, crashes, range_agg(int8range(lo, lo + n)) ids
                    from won group by lane, priority, attempt, crashes) w),
                kept as (
                  insert into ${schema}.lease(lid, claim_id, part, ids, lane, priority, attempt, crashes, suspicion, worker,
                                              started_at, lease_until)
                  select lid, :claim_id::uuid, (row_number() over ())::int, ids, lane, priority, attempt + 1, crashes, 0,
                         :worker::int, ${schema}.now(), ${schema}.now() + make_interval(secs => :lease_seconds::float8)
                  from made)
                select null::bigint lid, null::int lane, null::smallint priority, null::int attempt, 0 suspicion,
                       null::timestamptz lease_until, null::bigint pos, null::bigint id, null::smallint content_type,
                       null::smallint max_attempts, null::bytea payload, 0 locked, 0 locked_jobs, false contended,
                       false suspects
                union all
                select m.lid, m.lane, m.priority, m.attempt + 1 attempt, 0 suspicion, ${schema}.now() lease_until,
                       null, j.id, j.content_type, j.max_attempts, j.payload,
                       null, null, null, null
                from made m, unnest(m.ids) run, ${schema}.job j
                where j.id >= lower(run) and j.id < upper(run)
                """;
    }

    @ParameterizedTest
    @EnumSource
    void theContractFinds(Bug bug, TestReporter reporter) {
        assertRed(
                run(statements -> Fixture.planted(statements, bug.statement, bug.change), bug.finders.stream()),
                bug,
                reporter);
    }

    @ParameterizedTest
    @EnumSource
    void theContractFindsWhereFewAreClaimedOrSettled(BugOfFew bug, TestReporter reporter) {
        try (Fixture fixture = new Fixture(TestDatabase.newest())) {
            fixture.plant(bug.function, bug.change);
            assertRed(run(fixture, Stream.of(bug.finder)), bug, reporter);
        }
    }

    private static void assertRed(TestExecutionSummary summary, Enum<?> bug, TestReporter reporter) {
        List<String> red = summary.getFailures().stream()
                .filter(failure -> failure.getException() instanceof AssertionError)
                .map(failure -> failure.getTestIdentifier().getDisplayName())
                .toList();
        assertThat(red)
                .as(
                        "tests that find it, of %d; failures: %s",
                        summary.getTestsStartedCount(),
                        summary.getFailures().stream()
                                .map(failure ->
                                        failure.getTestIdentifier().getDisplayName() + ": " + failure.getException())
                                .toList())
                .isNotEmpty();
        reporter.publishEntry(bug.name(), String.join(", ", red));
    }

    /** Otherwise the tests might be red for another reason than the bug. */
    @Test
    void theSameTestsAreGreenWithoutABug() {
        Set<String> finders =
                Arrays.stream(Bug.values()).flatMap(bug -> bug.finders.stream()).collect(Collectors.toSet());
        TestExecutionSummary summary =
                run(statements -> Fixture.planted(statements, "settle", text -> text + " "), finders.stream());

        assertThat(summary.getTestsSucceededCount()).isGreaterThanOrEqualTo(finders.size());
        assertThat(summary.getTotalFailureCount()).isZero();
    }

    /** So it is the trap alone that makes the first of the bugs one. */
    @Test
    void theClaimThatIsCaughtIsRightOnceItsSubselectRunsOnce() {
        TestExecutionSummary summary = run(
                statements -> Fixture.planted(statements, "claim", text -> CLAIM_BY_TABLE),
                Bug.CLAIM_BY_IN_SUBSELECT_THAT_IS_RUN_AGAIN.finders.stream());

        assertThat(summary.getTestsSucceededCount()).isPositive();
        assertThat(summary.getTotalFailureCount()).isZero();
    }

    @Test
    void aChangeThatDoesNotApplyIsRefused() {
        assertThatThrownBy(() -> Statements.in("leat").with("settle", text -> text.replace("no such words", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("settle");
    }

    /** The trap itself, seen: the LIMIT is run once for each row of the table, and each time it finds other rows to lock. */
    @Test
    void aClaimByInSubselectTakesMoreThanItsLimit() {
        TestDatabase server = TestDatabase.newest();
        UnaryOperator<Statements> bug = statements -> Fixture.planted(statements, "claim", text -> CLAIM_BY_IN);
        try (Fixture fixture = new Fixture(server, nestedLoops(server.fresh()), bug)) {
            JobStore store = fixture.emptied(new StoreClock()).jobs();
            Lane lane = new Lane(new TenantName("main"), QueueName.DEFAULT, new KindName("mail"));
            store.enqueue(IntStream.rangeClosed(1, 50)
                    .mapToObj(i -> new NewJob(
                            new JobId(2L * i), i, lane, Payload.json("{}"), 4, NewJob.DEFAULT_MAX_ATTEMPTS, Due.now()))
                    .toList());

            int taken = store.claim(new ClaimRequest(
                            new UUID(0, 1), 1, List.of(lane), 2, Long.MAX_VALUE, Duration.ofHours(1), false))
                    .jobs();

            assertThat(taken).isGreaterThan(2);
        }
    }

    /** The plan in which the trap snaps, and which PostgreSQL chooses by itself once its statistics say so. */
    private static PostgresConfig nestedLoops(PostgresConfig config) {
        String options = Stream.of("hashjoin", "mergejoin", "material", "hashagg", "sort", "tidscan")
                .map(way -> "-c%20enable_" + way + "=off")
                .reduce((all, next) -> all + "%20" + next)
                .orElseThrow();
        return new PostgresConfig(
                config.url() + "&options=" + options, config.user(), config.password(), config.schema(), 8);
    }

    private static TestExecutionSummary run(UnaryOperator<Statements> change, Stream<String> tests) {
        TestDatabase server = TestDatabase.newest();
        try (Fixture fixture = new Fixture(server, nestedLoops(server.fresh()), change)) {
            return run(fixture, tests);
        }
    }

    private static TestExecutionSummary run(Fixture fixture, Stream<String> tests) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        PlantedJobStore.planted = fixture;
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(tests.map(PlantedBugsTest::selector).toList())
                                .build(),
                        listener);
        return listener.getSummary();
    }

    /** @param test the name of a nested class of a contract, perhaps with one of its methods */
    private static DiscoverySelector selector(String test) {
        String[] parts = test.split("#", -1);
        boolean ofCallers = parts[0].equals("Completions");
        Class<?> planted = ofCallers ? PlantedTransactional.class : PlantedJobStore.class;
        Class<?> contract = ofCallers ? TransactionalContract.class : JobStoreContract.class;
        List<String> outer = List.of(planted.getName());
        String nested = contract.getName() + "$" + parts[0];
        return parts.length == 1 ? selectNestedClass(outer, nested) : selectNestedMethod(outer, nested, parts[1]);
    }
}
