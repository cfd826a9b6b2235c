package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.testkit.StoreClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * How PostgreSQL runs the statements of the hot path once the tables have grown: told by the plan, never by a stopwatch. The
 * plans are made as the store's connections make them. Long, since all of it needs the same full tables, which take long to fill.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlanTest {
    static final int BLOCKS = 100;
    private static final List<String> LIVE = List.of("ready", "lease", "scheduled", "suspect");
    /** The width of four ranges of ids in the middle; the others are in DEFAULT. */
    private static final Pattern PARTITION =
            Pattern.compile("Scan .*on ((?:job|done|attempt)_(?:at_\\d+|default|\\d+t\\d+))\\b");

    private static final Pattern ROWS = Pattern.compile("actual (?:time=\\S+ )?rows=([0-9.]+) loops=(\\d+)");
    private static final Pattern PAGES = Pattern.compile("Buffers: shared hit=(\\d+)(?: read=(\\d+))?");
    private static final Pattern DROPPED = Pattern.compile("Rows Removed by [^:]+: (\\d+)");

    private Fixture fixture;
    private Database database;

    /** How many there are; a multiple of 30. */
    int jobs() {
        return Integer.getInteger("plans.jobs", 210_000);
    }

    /** How many ids a partition has. */
    private int range() {
        return jobs() / 3;
    }

    int mostRowsOfAVerb() {
        return 2 * BLOCKS;
    }

    TestDatabase server() {
        return TestDatabase.newestThatNeverWaitsForTheDisk();
    }

    /** What PostgreSQL knows of the tables once they have grown. */
    enum Statistics {
        CURRENT,
        /** For a while it knows nothing. */
        NONE,
        /** ANALYZE only ever came when the tables of live jobs had pages and no rows: the planner then expects one row of them. */
        OF_A_DRAIN
    }

    Statistics statistics() {
        return Statistics.CURRENT;
    }

    @BeforeAll
    void fillJobs() {
        fixture = new Fixture(server());
        fixture.emptied(new StoreClock());
        for (int lo = range(); lo < 5 * range(); lo += range()) {
            for (String table : List.of("job", "enqueued", "done", "attempt")) {
                server().execute("create table %1$s_at_%2$d partition of %1$s for values from (%2$d) to (%3$d)"
                        .formatted(fixture.of(table), lo, lo + range()));
            }
        }
        server().execute(
                        "do $$ declare t regclass; begin for t in select oid from pg_class where relkind = 'r' and relnamespace = '%s'::regnamespace loop execute format('alter table %%s set (autovacuum_enabled = off)', t); end loop; end $$"
                                .formatted(fixture.config().schema()));
        database = new Database(fixture.config(), Statements.in(fixture.config().schema()));
        fillBusy();
        server().execute(
                        "insert into %s overriding system value values (1, 'main', 'busy', 'mail'), (2, 'main', 'quiet', 'mail')"
                                .formatted(fixture.of("lane")));
        server().execute(
                        "insert into %s select i * %d + 1, 2, 4, 25, 1, 1, now(), '\\x00', '\\x0102' from generate_series(0, 4) i"
                                .formatted(fixture.of("job"), jobs() / 5 * 2));
        server().execute("insert into %s select lane, id, 1 from %s"
                .formatted(fixture.of("enqueued"), fixture.of("job")));
        know("job", "enqueued");
    }

    @AfterAll
    void close() {
        database.close();
        fixture.close();
    }

    /** Every job a block of its own, as when each was enqueued by a call of its own. */
    @BeforeEach
    void fillReady() {
        server().execute("truncate %s, %s, %s, %s, %s, %s"
                .formatted(Stream.of("ready", "lease", "done", "scheduled", "attempt", "suspect")
                        .map(fixture::of)
                        .toArray()));
        server().execute("insert into %s select 1, 4, i, i * 2, 1, 2, 0, 0 from generate_series(1, %d) i"
                .formatted(fixture.of("ready"), jobs()));
        know("ready");
    }

    /** Of tables that were just filled. */
    private void know(String... tables) {
        switch (statistics()) {
            case CURRENT -> analyze(tables);
            case NONE -> {}
            case OF_A_DRAIN -> {
                List<String> others = new ArrayList<>(List.of(tables));
                others.removeAll(LIVE);
                if (!others.isEmpty()) {
                    analyze(others.toArray(String[]::new));
                }
                server().execute(
                                "update pg_class set reltuples = 0, relpages = greatest(relpages, 1) where oid = any('{%s}'::regclass[])"
                                        .formatted(
                                                LIVE.stream().map(fixture::of).collect(Collectors.joining(","))));
            }
        }
    }

    private void analyze(String... tables) {
        server().execute("analyze " + Stream.of(tables).map(fixture::of).collect(Collectors.joining(", ")));
    }

    @Test
    void aClaimReadsByIndexAndDeletesByPlace() {
        List<String> plan = claim();

        assertThat(plan).anyMatch(line -> line.contains("Index Scan using ready_pkey on ready"));
        assertThat(plan).anyMatch(line -> line.contains("Tid Scan on ready"));
        assertThat(plan).noneMatch(line -> line.matches(".*Seq Scan on (job|ready|lease)\\b.*"));
        assertThat(plan).noneMatch(line -> line.contains("ready_lane"));
    }

    @Test
    void aClaimLooksAtWhatItTakesAndNoMore() {
        assertThat(mostRows(claim())).isLessThanOrEqualTo(2 * BLOCKS);
        assertThat(pages(claim("claim_few", Long.MIN_VALUE))).isLessThan(20L * BLOCKS);
    }

    @Test
    void aClaimBehindManyClaimedBlocksHasTheSamePlan() {
        server().execute("delete from %1$s where pos <= %2$d".formatted(fixture.of("ready"), jobs() - 2 * BLOCKS));

        List<String> plan = claim();

        assertThat(plan).anyMatch(line -> line.contains("Index Scan using ready_pkey on ready"));
        assertThat(plan).anyMatch(line -> line.contains("Tid Scan on ready"));
        assertThat(mostRows(plan)).isLessThanOrEqualTo(2 * BLOCKS);
    }

    /** As long as somebody holds an old snapshot nothing of what was claimed leaves the index. */
    @Test
    void aClaimFromAMarkDoesNotWalkOverWhatWasClaimedBefore() throws SQLException {
        int claimed = jobs() - 3 * BLOCKS;
        assertWalksOver(
                "ready",
                "pos <= " + claimed,
                claimed,
                "Index Scan using ready_pkey",
                () -> claim(),
                () -> claim(claimed));
        assertWalksOver(
                "ready",
                "false",
                claimed,
                "Function Scan",
                () -> claim("claim_few", Long.MIN_VALUE),
                () -> claim("claim_few", claimed));
    }

    @Test
    void aPromotionFromAMarkDoesNotWalkOverWhatWasPromotedBefore() throws SQLException {
        only(
                "scheduled",
                "select now() + (i - %d) * interval '1 second', i * 2, 1, 1, 4, 2, 0, 0, false".formatted(jobs() + 1));
        assertWalksOver(
                "scheduled",
                "lo < " + 2 * jobs(),
                jobs() - 1,
                "Index Scan using scheduled_pkey",
                () -> explain("promote", Map.of("max_jobs", "10", "mark", "'-infinity'")),
                () -> explain("promote", Map.of("max_jobs", "10", "mark", "now() - interval '9 seconds'")));
    }

    @Test
    void aSettlementAmongManyLeasesLooksAtItsOwn() {
        fillLeases();

        assertThat(mostRows(complete(BLOCKS, i -> 3 * i, i -> 3 * i))).isLessThanOrEqualTo(2 * BLOCKS);
        for (int outcome = 1; outcome <= 6; outcome++) {
            int first = jobs() / 2 + outcome * BLOCKS;
            assertThat(mostRows(settle(BLOCKS, i -> first + i, i -> first + i, outcome)))
                    .as("rows read for outcome %d", outcome)
                    .isLessThanOrEqualTo(2 * BLOCKS);
        }
        assertThat(mostRows(renew(BLOCKS, i -> 3 * i + 1))).isLessThanOrEqualTo(2 * BLOCKS);

        assertThat(rowsIn("lease")).isEqualTo(jobs() - 7 * BLOCKS);
    }

    /** Not even when the planner has just seen that few leases are left, and would as soon read the whole index. */
    @Test
    void aSettlementDoesNotWalkOverWhatWasSettledBefore() throws SQLException {
        fillLeases();
        int left = 10;
        try (Connection old = oldSnapshotOf("lease")) {
            server().execute("delete from %s where lid <= %d".formatted(fixture.of("lease"), jobs() - left));
            server().execute("analyze " + fixture.of("lease"));
            int walk = jobs() / 100;

            assertThat(pages(complete(1, i -> jobs(), i -> jobs()))).isLessThan(walk);
            assertThat(pages(settle(jobs() - 1, jobs() - 1, 4))).isLessThan(walk);
            String few = longs(1, i -> jobs() - 5);
            assertThat(pages(explain("settle_few", Map.of("lids", few, "los", few, "his", longs(1, i -> jobs() - 4)))))
                    .isLessThan(walk);
            assertThat(pages(renew(1, i -> jobs() - 2))).isLessThan(walk);
            assertThat(pages(explain("split", Map.of("lid", "" + (jobs() - 3), "id", "" + (jobs() - 3)))))
                    .isLessThan(walk);
            server().execute("update %s set lease_until = now() - interval '1 hour' where lid = %d"
                    .formatted(fixture.of("lease"), jobs() - 4));
            assertThat(pages(explain("reclaim", Map.of("max_leases", "1", "mark", "" + (jobs() - 4)))))
                    .isLessThan(walk);
        }
        assertThat(rowsIn("lease")).isEqualTo(left - 4);
    }

    @Test
    void aReclaimFromAMarkDoesNotWalkOverWhatWasSettledBefore() throws SQLException {
        fillLeases();
        assertWalksOver(
                "lease",
                "lid < " + jobs(),
                jobs() - 1,
                "Index Scan using lease_pkey",
                () -> explain("reclaim", Map.of("max_leases", "1", "mark", "0")),
                () -> explain("reclaim", Map.of("max_leases", "1", "mark", "" + jobs())));
    }

    /** That a search from the start looks into many more pages than one from a mark, of entries that are gone but not for all. */
    private void assertWalksOver(
            String table,
            String gone,
            int entries,
            String search,
            Supplier<List<String>> fromStart,
            Supplier<List<String>> fromMark)
            throws SQLException {
        try (Connection old = oldSnapshotOf(table)) {
            server().execute("delete from %s where %s".formatted(fixture.of(table), gone));

            assertThat(pages(search, fromStart.get()) - pages(search, fromMark.get()))
                    .isGreaterThan(entries / 200);
        }
    }

    private Connection oldSnapshotOf(String table) throws SQLException {
        Connection old = server().connect();
        old.setAutoCommit(false);
        old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        TestDatabase.rows(old, "select count(*) from " + fixture.of(table));
        return old;
    }

    @Test
    void aSettlementLooksAtItsOwnJobsWhateverTheirOutcome() {
        claim();
        long lease = server().number("select min(lid) from " + fixture.of("lease"));
        for (int outcome = 1; outcome <= 6; outcome++) {
            long id = server().number("select min(lower(ids)) from " + fixture.of("lease"));

            List<String> plan = settle(lease, id, outcome);

            assertThat(mostRows(plan)).as("rows read for outcome %d", outcome).isLessThanOrEqualTo(2 * BLOCKS);
        }
    }

    /** Each job finds its result at once: not by looking at the results of all. */
    @Test
    void aCompletionLooksAtItsOwnJobsAndResults() {
        claim();
        long lease = server().number("select min(lid) from " + fixture.of("lease"));

        List<String> plan = complete(BLOCKS, i -> lease, i -> 2 * i);

        assertThat(server().number("select count(result) from " + fixture.of("done")))
                .isEqualTo(BLOCKS);
        assertThat(plan).noneMatch(line -> line.contains("Rows Removed by Join Filter"));
        assertThat(mostRows(plan)).isLessThanOrEqualTo(2 * BLOCKS);
    }

    /** Each job with a result. */
    private List<String> complete(int n, LongUnaryOperator lease, LongUnaryOperator id) {
        return explain(
                "settle_completed",
                Map.of(
                        "lids", longs(n, lease),
                        "los", longs(n, id),
                        "his", longs(n, i -> id.applyAsLong(i) + 1),
                        "of_lid", longs(n, lease),
                        "of_id", longs(n, id),
                        "result_type", longs(n, i -> 1),
                        "result", "'{%s}'".formatted("AA,".repeat(n - 1) + "AA")));
    }

    private static String longs(int n, LongUnaryOperator ofPlace) {
        return LongStream.rangeClosed(1, n)
                .map(ofPlace)
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(",", "'{", "}'"));
    }

    @Test
    void aReclaimLooksAtTheJobsOfEndedLeases() {
        claim();
        server().execute("update " + fixture.of("lease") + " set lease_until = now() - interval '1 hour'");

        List<String> plan = explain("reclaim", Map.of("max_leases", "10", "mark", "0"));

        assertThat(mostRows(plan)).isLessThanOrEqualTo(2 * BLOCKS);
        assertThat(server().number("select count(*) from " + fixture.of("suspect")))
                .isEqualTo(BLOCKS);
    }

    @Test
    void aPromotionLooksAtWhatIsDueAndNoMore() {
        server().execute(
                        "insert into %s select now() + (i - %d) * interval '1 hour', i * 2, 1, 1, 4, 2 from generate_series(1, %d) i"
                                .formatted(fixture.of("scheduled"), BLOCKS, jobs()));

        List<String> plan = explain("promote", Map.of("max_jobs", "10000", "mark", "'-infinity'"));

        assertThat(mostRows(plan)).isLessThanOrEqualTo(2 * BLOCKS);
        assertThat(server().number("select count(*) from " + fixture.of("scheduled")))
                .isEqualTo(jobs() - BLOCKS);
    }

    @Test
    void aCancellationLooksAtItsOwnJobs() {
        List<String> plan = explain("cancel", Map.of("tenant", "'main'", "ids", ids()));

        assertThat(mostRows(plan)).isLessThanOrEqualTo(mostRowsOfAVerb());
        assertThat(rowsIn("ready")).isEqualTo(jobs() - BLOCKS);
        assertThat(rowsIn("done")).isEqualTo(BLOCKS);
    }

    @Test
    void aCancellationOfScheduledJobsLooksAtItsOwnJobs() {
        schedule();

        List<String> plan = explain("cancel", Map.of("tenant", "'main'", "ids", ids()));

        assertThat(mostRows(plan)).isLessThanOrEqualTo(mostRowsOfAVerb());
        assertThat(rowsIn("scheduled")).isEqualTo(jobs() - BLOCKS);
    }

    @Test
    void aRetryLooksAtItsOwnJobs() {
        end(2);

        List<String> plan = explain("retry", Map.of("tenant", "'main'", "ids", ids(), "most_attempts", "10000"));

        assertThat(mostRows(plan)).isLessThanOrEqualTo(mostRowsOfAVerb());
        assertThat(rowsIn("ready")).isEqualTo(BLOCKS);
        assertThat(rowsIn("done")).isEqualTo(jobs() - BLOCKS);
    }

    @Test
    void aRetryOfScheduledJobsLooksAtItsOwnJobs() {
        schedule();

        List<String> plan = explain("retry", Map.of("tenant", "'main'", "ids", ids(), "most_attempts", "10000"));

        assertThat(mostRows(plan)).isLessThanOrEqualTo(mostRowsOfAVerb());
        assertThat(rowsIn("ready")).isEqualTo(BLOCKS);
    }

    @Test
    void anAmendmentLooksAtItsOwnJobs() {
        amend("priority", "7");
        assertThat(server().number("select count(*) from %s where priority = 7".formatted(fixture.of("ready"))))
                .isEqualTo(BLOCKS);
        amend("queue", "'quiet'");
        assertThat(server().number("select count(*) from %s where lane = 2".formatted(fixture.of("ready"))))
                .isEqualTo(BLOCKS);
        amend("payload", "'\\x01'");
        amend("run_after", "3600");
        assertThat(rowsIn("ready")).isEqualTo(jobs() - BLOCKS);
        amend("run_at", "'2020-01-01T00:00:00Z'");
        assertThat(rowsIn("ready")).isEqualTo(jobs());
    }

    /** Undone at the end, for the other tests. */
    @AfterEach
    void undoAmendments() {
        server().execute("update %1$s j set lane = 1, priority = 4 where id in (select id from %2$s); delete from %2$s"
                .formatted(fixture.of("job"), fixture.of("original")));
    }

    private void amend(String change, String value) {
        Map<String, String> values = new HashMap<>(Map.of("tenant", "'main'", "ids", ids()));
        List.of("run_after", "run_at", "priority", "queue", "content_type", "sha256", "payload")
                .forEach(name -> values.put(name, "null"));
        values.put(change, value);

        List<String> plan = explain("amend", values);

        assertThat(mostRows(plan))
                .as(change + "\n" + String.join("\n", plan))
                .isLessThanOrEqualTo(Math.max(3 * BLOCKS, mostRowsOfAVerb()));
    }

    @Test
    void aKeyIsFoundAndItsHolderJudgedByIndex() {
        end(1);
        String keys = fixture.of("unique_key");
        server().execute(
                        "insert into %s select 1, 'key-' || i, i * 2, case when i %% 2 = 0 then now() end from generate_series(1, %d) i"
                                .formatted(keys, jobs()));
        know("unique_key");
        try {
            for (String key : List.of("key-15000", "key-15001", "new")) {
                List<String> plan = explain("enqueue_unique", unique(key));
                assertThat(mostRows(plan))
                        .as(key + "\n" + String.join("\n", plan))
                        .isLessThanOrEqualTo(5);
                assertThat(server().number("select id from %s where key = '%s'".formatted(keys, key)))
                        .isEqualTo(9_000_001);
                server().execute("delete from %s where id = 9000001; delete from %s where id = 9000001"
                        .formatted(fixture.of("job"), fixture.of("enqueued")));
            }
            List<String> plan = explain("unique_over", Map.of("max_rows", "" + BLOCKS));
            assertThat(mostRows(plan)).as(String.join("\n", plan)).isLessThanOrEqualTo(BLOCKS);
        } finally {
            server().execute("truncate %s; delete from %s where id = 9000001; delete from %s where id = 9000001"
                    .formatted(keys, fixture.of("job"), fixture.of("enqueued")));
        }
    }

    private static Map<String, String> unique(String key) {
        return Map.ofEntries(
                Map.entry("wait", "'200ms'"),
                Map.entry("ids", "'{9000001}'"),
                Map.entry("lanes", "'{1}'"),
                Map.entry("priorities", "'{4}'"),
                Map.entry("max_attempts", "'{25}'"),
                Map.entry("content_types", "'{1}'"),
                Map.entry("nonces", "'{1}'"),
                Map.entry("sha256s", "array['\\x00'::bytea]"),
                Map.entry("payloads", "array['\\x0102'::bytea]"),
                Map.entry("afters", "'{null}'"),
                Map.entry("ats", "'{null}'"),
                Map.entry("unique_keys", "'{" + key + "}'"),
                Map.entry("windows", "'{null}'"));
    }

    @Test
    void aPageOfJobsIsReadInItsOrderAndNoMore() {
        assertPages("available", jobs(), 0);
        assertPages("running", 0, 0);
        schedule();
        assertPages("scheduled", jobs(), 0);
        assertPages("retryable", 0, 0);
        end(1);
        assertPages("completed", jobs(), 0);
        assertPages("discarded", 0, 0);
        end(2);
        assertPages("discarded", jobs(), 0);
        assertPages("cancelled", 0, 0);
        assertPages("scheduled,available,running,retryable,completed,discarded,cancelled", jobs(), 5);
    }

    /** However many jobs there are, and in whichever order they are asked for. */
    private void assertPages(String states, int busy, int quiet) {
        Map<String, Integer> expected = new HashMap<>();
        expected.put("'busy'", busy);
        expected.put("'quiet'", quiet);
        expected.put("null", busy + quiet);
        expected.forEach((queue, jobs) -> {
            for (String statement : List.of("list", "list_newest")) {
                List<String> plan = explain(
                        statement,
                        Map.of(
                                "tenant",
                                "'main'",
                                "queue",
                                queue,
                                "kind",
                                "'mail'",
                                "states",
                                "'{" + states + "}'",
                                "whole",
                                String.valueOf(states.contains(",")),
                                "from_id",
                                "1",
                                "to_id",
                                String.valueOf(Long.MAX_VALUE - 1),
                                "max_rows",
                                String.valueOf(BLOCKS)));
                assertThat(plan.getFirst())
                        .as("%s of %s", states, queue)
                        .containsPattern("rows=%d(\\.0+)? ".formatted(Math.min(jobs, BLOCKS)));
                assertThat(mostRows(plan))
                        .as("%s of %s: %s", states, queue, String.join("\n", plan))
                        .isLessThanOrEqualTo(3 * BLOCKS);
            }
        });
    }

    @Test
    void theJobsOfAPageAreReadOneByOne() {
        claim();
        schedule();

        for (String statement : List.of("heads", "records")) {
            List<String> plan = explain(statement, Map.of("tenant", "'main'", "ids", ids()));

            assertThat(mostRows(plan)).as(statement).isLessThanOrEqualTo(2 * BLOCKS);
        }
    }

    /** Each statement is planned once for all ids, so which partitions it looks into is decided while it runs. */
    @Test
    void whatIsAskedOfJobsIsAskedOfTheirPartitionAlone() {
        Map<String, String> ids = Map.of("tenant", "'main'", "ids", ids(), "most_attempts", "10000");
        for (String statement : List.of("heads", "records", "cancel")) {
            assertThat(partitions(explain(statement, ids))).as(statement).isSubsetOf(middle());
        }
        assertThat(partitions(explain("cancel", ids))).isNotEmpty();
        end(2);
        assertThat(partitions(explain("retry", ids))).isSubsetOf(middle()).isNotEmpty();
        end(1);
        assertThat(partitions(prune(3L * range(), 4L * range())))
                .isSubsetOf(middle())
                .isNotEmpty();
    }

    @Test
    void whatIsAskedOfAClaimsJobsIsAskedOfTheirPartitionAlone() {
        server().execute("delete from %s where lo < %d or lo >= %d"
                .formatted(fixture.of("ready"), 3 * range(), 4 * range()));

        assertThat(partitions(claim())).containsExactly(middle().getFirst());

        for (int outcome = 1; outcome <= 6; outcome++) {
            long lease = server().number("select min(lid) from " + fixture.of("lease"));
            long id = server().number("select min(lower(ids)) from " + fixture.of("lease"));
            assertThat(partitions(settle(lease, id, outcome)))
                    .as("for outcome %d", outcome)
                    .isSubsetOf(middle());
        }
        server().execute("update " + fixture.of("lease") + " set lease_until = now() - interval '1 hour'");
        assertThat(partitions(explain("reclaim", Map.of("max_leases", "10", "mark", "0"))))
                .containsExactly(middle().getFirst());
    }

    @Test
    void pruningLooksAtAsManyJobsAsItMayAndNoMore() {
        end(1);

        assertThat(mostRows(prune(1, Long.MAX_VALUE))).isLessThanOrEqualTo(3 * BLOCKS);

        assertThat(rowsIn("done")).isEqualTo(jobs() - BLOCKS);
    }

    /** Each job in a lease of its own, with the lid that the job has as its id. */
    private void fillLeases() {
        server().execute(
                        "insert into %s select i, gen_random_uuid(), 1, int8multirange(int8range(i, i + 1)), 1, 4, 1, 0, 0, 1, now(), now() from generate_series(1, %d) i"
                                .formatted(fixture.of("lease"), jobs()));
        know("lease");
    }

    private void fillBusy() {
        server().execute(
                        "insert into %s select i * 2, 1, 4, 25, 1, 1, now(), '\\x00', '\\x0102' from generate_series(1, %d) i on conflict do nothing"
                                .formatted(fixture.of("job"), jobs()));
    }

    /** Of jobs that have ended an hour ago. Those that go come back for the other tests. */
    private List<String> prune(long from, long to) {
        server().execute("update %s set finished_at = now() - interval '1 hour'".formatted(fixture.of("done")));
        List<String> plan = explain(
                "prune",
                Map.of(
                        "from_id",
                        "" + from,
                        "to_id",
                        "" + to,
                        "max_rows",
                        "" + BLOCKS,
                        "completed_seconds",
                        "60",
                        "discarded_seconds",
                        "60",
                        "cancelled_seconds",
                        "60"));
        fillBusy();
        return plan;
    }

    private List<String> middle() {
        return Stream.of("job", "done", "attempt")
                .map(table -> table + "_at_" + 3 * range())
                .toList();
    }

    /** The partitions that a statement looked into. */
    private static Set<String> partitions(List<String> plan) {
        return plan.stream()
                .filter(line -> !line.contains("(never executed)"))
                .map(PARTITION::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
    }

    /** Some ids from the middle, with other jobs between them. */
    private String ids() {
        return LongStream.range(jobs() / 2, jobs() / 2 + BLOCKS)
                .mapToObj(i -> String.valueOf(i * 2))
                .collect(Collectors.joining(",", "'{", "}'"));
    }

    private long rowsIn(String table) {
        return server().number("select count(*) from " + fixture.of(table));
    }

    /** Every job waits, each in a block of its own. */
    private void schedule() {
        only("scheduled", "select now() + i * interval '1 hour', i * 2, 1, 1, 4, 2, 0, 0, false");
    }

    private void end(int state) {
        only("done", "select i * 2, 1, %d, 1, 0, 1, now(), now()".formatted(state));
    }

    private void only(String table, String rows) {
        server().execute("truncate %s, %s, %s"
                .formatted(fixture.of("ready"), fixture.of("scheduled"), fixture.of("done")));
        server().execute("insert into %s %s from generate_series(1, %d) i".formatted(fixture.of(table), rows, jobs()));
        know(table);
    }

    /** A cache would hand lesser tokens to later claims, since each connection draws from its own. */
    @Test
    void tokensAreDrawnOneByOne() {
        assertThat(server().number(
                                "select cache_size from pg_sequences where schemaname = '%s' and sequencename = 'lease_id'"
                                        .formatted(fixture.config().schema())))
                .isEqualTo(1);
    }

    @Test
    void connectionsPlanOnceAndWithoutScansOfWholeTables() {
        assertThat(settings()).containsExactly("force_generic_plan", "off", "off");
    }

    private List<String> settings() {
        return database.statement(connection -> TestDatabase.rows(
                        connection,
                        "select current_setting('plan_cache_mode'), current_setting('enable_seqscan'),"
                                + " current_setting('jit')")
                .getFirst());
    }

    private List<String> claim() {
        return claim(Long.MIN_VALUE);
    }

    /** @param mark the pos to search from */
    private List<String> claim(long mark) {
        return claim("claim", mark);
    }

    private List<String> claim(String statement, long mark) {
        return explain(
                statement,
                Map.ofEntries(
                        Map.entry("claim_id", "gen_random_uuid()"),
                        Map.entry("again", "true"),
                        Map.entry("suspects", "true"),
                        Map.entry("lanes", "'{1}'"),
                        Map.entry("priorities", "'{4}'"),
                        Map.entry("marks", "'{%d}'".formatted(mark)),
                        Map.entry("blocks", "" + BLOCKS),
                        Map.entry("max_jobs", "" + BLOCKS),
                        Map.entry("max_bytes", "1000000"),
                        Map.entry("empty_handed", "true"),
                        Map.entry("worker", "1"),
                        Map.entry("lease_seconds", "30"),
                        Map.entry("first_part", "0")));
    }

    private List<String> settle(long lease, long id, int outcome) {
        return settle(1, i -> lease, i -> id, outcome);
    }

    private List<String> settle(int n, LongUnaryOperator lease, LongUnaryOperator id, int outcome) {
        String nulls = longs(n, i -> 0).replace("0", "null");
        return explain(
                "settle",
                Map.ofEntries(
                        Map.entry("lids", longs(n, lease)),
                        Map.entry("los", longs(n, id)),
                        Map.entry("his", longs(n, i -> id.applyAsLong(i) + 1)),
                        Map.entry("of_lid", longs(n, lease)),
                        Map.entry("of_id", longs(n, id)),
                        Map.entry("outcome", longs(n, i -> outcome)),
                        Map.entry("result_type", nulls),
                        Map.entry("result", nulls),
                        Map.entry("after_seconds", outcome == 4 || outcome == 5 ? longs(n, i -> 60) : nulls),
                        Map.entry("error", nulls),
                        Map.entry("detail", nulls)));
    }

    private List<String> renew(int n, LongUnaryOperator lease) {
        return explain("renew", Map.of("lids", longs(n, lease), "lease_seconds", "30"));
    }

    /** @param values by the names of the parameters */
    private List<String> explain(String name, Map<String, String> values) {
        return explain(
                name,
                Statements.in(fixture.config().schema()).get(name).parameters().stream()
                        .map(values::get)
                        .collect(Collectors.joining(", ")));
    }

    /** Runs a statement of the store, prepared as JDBC prepares it, and gives its plan with what each node came to. */
    private List<String> explain(String name, String values) {
        return database.statement(connection -> {
            String sql = Statements.in(fixture.config().schema()).get(name).sql();
            run(connection, "prepare " + name + " as " + numbered(sql));
            try {
                List<String> plan = new ArrayList<>();
                TestDatabase.rows(
                                connection,
                                "explain (analyze, buffers, costs off, timing off) execute %s(%s)"
                                        .formatted(name, values))
                        .forEach(row -> plan.add(row.getFirst()));
                return plan;
            } finally {
                run(connection, "deallocate " + name);
            }
        });
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String numbered(String sql) {
        StringBuilder numbered = new StringBuilder();
        int parameter = 0;
        for (int i = 0; i < sql.length(); i++) {
            numbered.append(sql.charAt(i) == '?' ? "$" + ++parameter : String.valueOf(sql.charAt(i)));
        }
        return numbered.toString();
    }

    /** How often the search for blocks looked into a page. */
    private static long pages(String by, List<String> plan) {
        int search = plan.indexOf(
                plan.stream().filter(line -> line.contains(by)).findFirst().orElseThrow());
        Matcher pages = PAGES.matcher(String.join("\n", plan.subList(search, plan.size())));
        assertThat(pages.find()).isTrue();
        return Long.parseLong(pages.group(1));
    }

    /** The most pages that any node of the plan, with all below it, looked into. What changes rows is not below the first. */
    private static long pages(List<String> plan) {
        return PAGES.matcher(String.join("\n", plan))
                .results()
                .mapToLong(found ->
                        Long.parseLong(found.group(1)) + (found.group(2) == null ? 0 : Long.parseLong(found.group(2))))
                .max()
                .orElseThrow();
    }

    /** The most rows that any node of the plan gave or dropped, over all its loops. */
    private static double mostRows(List<String> plan) {
        double most = 0;
        double loops = 1;
        for (String line : plan) {
            var rows = ROWS.matcher(line);
            if (rows.find()) {
                loops = Double.parseDouble(rows.group(2));
                most = Math.max(most, Double.parseDouble(rows.group(1)) * loops);
            }
            var dropped = DROPPED.matcher(line);
            if (dropped.find()) {
                most = Math.max(most, Double.parseDouble(dropped.group(1)) * loops);
            }
        }
        return most;
    }
}
