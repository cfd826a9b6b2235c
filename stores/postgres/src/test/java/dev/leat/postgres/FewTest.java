package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.Payload;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.NewJob;
import dev.leat.testkit.StoreClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The functions that claim and settle where there is little of it. */
class FewTest {
    private static final Pattern PAGES = Pattern.compile("Buffers: shared hit=(\\d+)(?: read=(\\d+))?");
    private static final int MANY = 50_000;

    private final TestDatabase database = TestDatabase.newest();
    private Fixture fixture;
    private JobStore store;

    @BeforeEach
    void open() {
        fixture = new Fixture(database);
        store = fixture.emptied(new StoreClock()).jobs();
    }

    @AfterEach
    void close() {
        fixture.close();
        database.execute("drop schema %s cascade".formatted(fixture.config().schema()));
    }

    /** Though it would fit. */
    @Test
    void nothingIsTakenBehindABlockThatDoesNotFit() {
        store.enqueue(jobs(1_000, 0, 100));
        store.enqueue(jobs(2_000, 1, 10));

        List<Long> taken = store
                .claim(new ClaimRequest(UUID.randomUUID(), 1, List.of(Jobs.LANE), 100, 550, Duration.ofHours(1), false))
                .leases()
                .stream()
                .flatMap(lease -> lease.claims().stream())
                .map(Claim::job)
                .map(JobId::value)
                .toList();

        assertThat(taken).isEqualTo(LongStream.range(1_000, 1_005).boxed().toList());
    }

    private static List<NewJob> jobs(long first, int priority, int size) {
        return LongStream.range(first, first + 10)
                .mapToObj(id -> new NewJob(
                        new JobId(id),
                        id,
                        Jobs.LANE,
                        Payload.json("\"" + "x".repeat(size - 2) + "\""),
                        priority,
                        NewJob.DEFAULT_MAX_ATTEMPTS,
                        Due.now()))
                .toList();
    }

    /** As behind a pooler, where a connection has none of the store's settings and keeps the plans that it made while there was little. */
    @Test
    void aPlanThatWasMadeWhileThereWasLittleDoesForMuch() throws SQLException {
        store.enqueue(Jobs.scattered(20));
        try (Connection pooled = database.connect()) {
            for (int i = 0; i < 7; i++) {
                pages(pooled, claim());
                database.execute("analyze %s, %s".formatted(fixture.of("ready"), fixture.of("lease")));
                pages(pooled, settle(lastLease()));
            }
            pages(pooled, claim());
            long lease = lastLease();
            database.execute("""
                insert into %1$s(lane, priority, pos, lo, n, size) select 1, 9, i, i, 1, 1 from generate_series(1000, 1000 + %3$d) i;
                insert into %2$s select i, gen_random_uuid(), 1, ids, lane, priority, attempt, crashes, suspicion, worker, started_at, lease_until
                from %2$s, generate_series(1000000, 1000000 + %3$d) i\
                """.formatted(fixture.of("ready"), fixture.of("lease"), MANY));

            assertThat(pages(pooled, claim())).isLessThan(MANY / 300);
            assertThat(pages(pooled, settle(lease))).isLessThan(MANY / 300);
        }
    }

    private String claim() {
        return "select * from %s(gen_random_uuid(), true, '{1}', '{4}', '{0}', 1, 1, 1000, 0, true, 1, 30, true)"
                .formatted(fixture.of("claim_few"));
    }

    private String settle(long lease) {
        return "select * from %s('{%d}', '{0}', '{1000}')".formatted(fixture.of("settle_few"), lease);
    }

    private long lastLease() {
        return database.number("select max(lid) from " + fixture.of("lease"));
    }

    /** How many were looked into. */
    private static long pages(Connection connection, String sql) throws SQLException {
        String plan = String.join(
                "\n",
                TestDatabase.rows(connection, "explain (analyze, buffers, costs off, timing off) " + sql).stream()
                        .map(List::getFirst)
                        .toList());
        Matcher pages = PAGES.matcher(plan);
        assertThat(pages.find()).as(plan).isTrue();
        return Long.parseLong(pages.group(1)) + (pages.group(2) == null ? 0 : Long.parseLong(pages.group(2)));
    }
}
