package dev.leat.redis;

import static dev.leat.redis.Jobs.claim;
import static dev.leat.redis.Jobs.done;
import static dev.leat.redis.Jobs.held;
import static dev.leat.redis.Jobs.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Retention;
import dev.leat.api.store.Settled;
import dev.leat.testkit.StoreClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits is unread in a stream, what runs is pending in its group, what has ended is acknowledged; and what others may do to either. */
class StreamsTest {
    private static final String GROUP = StreamsConfig.DEFAULT.group();
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int BLOCK = 32;

    private final Jobs jobs = new Jobs();
    private final StoreClock clock = new StoreClock();
    private final List<RedisStores> opened = new ArrayList<>();
    private RedisConfig config;
    private JobStore store;

    TestRedis redis() {
        return TestRedis.NEWEST;
    }

    @BeforeEach
    void open() {
        config = redis().emptyStore().withStreams(StreamsConfig.DEFAULT);
        store = another();
    }

    private JobStore another() {
        RedisStores stores = RedisStores.open(config, () -> clock.offset().toMillis());
        opened.add(stores);
        return stores.jobs();
    }

    @AfterEach
    void close() {
        opened.forEach(RedisStores::close);
    }

    @Test
    void anEntryIsPendingFromTheFirstClaimUntilAllOfItsJobsHaveEnded() {
        blocks(2);
        assertThat(length()).isEqualTo(2);

        List<Lease> first = store.claim(claim(10)).leases();
        assertThat(pending()).isEqualTo(1);
        List<Lease> rest = store.claim(claim(BLOCK)).leases();
        assertThat(pending()).isEqualTo(2);

        store.settle(done(rest));
        assertThat(pending()).isEqualTo(2);
        store.settle(Jobs.settlements(first, new Outcome.Retry(HOUR, dev.leat.api.store.Failure.of("no"))));
        assertThat(pending()).isEqualTo(2);
        clock.advance(HOUR.multipliedBy(2));
        store.promote(100);
        store.settle(done(store.claim(claim(100)).leases()));

        assertThat(pending()).isZero();
        assertThat(length()).as("kept").isEqualTo(2);
    }

    @Test
    void theRestOfABlockComesBeforeTheNext() {
        List<NewJob> all = blocks(3);
        List<JobId> handedOut = new ArrayList<>();
        while (handedOut.size() < all.size()) {
            handedOut.addAll(held(store.claim(claim(7)).leases()));
        }

        assertThat(handedOut).isEqualTo(ids(all));
    }

    @Test
    void whoTakesTheJobsOfADeadWorkerTakesItsEntries() {
        store.enqueue(jobs.times(5));
        List<Lease> lost = store.claim(claim(5)).leases();
        assertThat(consumers()).contains("worker-3");
        clock.advance(HOUR.multipliedBy(2));
        assertThat(store.reclaim(10).total()).isEqualTo(5);

        assertThat(store.settle(done(lost))).noneMatch(Settled::accepted);
        assertThat(pending()).isEqualTo(1);
        List<Lease> found = store.claim(claimOf(4, 5)).leases();

        assertThat(held(found)).hasSize(5);
        assertThat(consumers()).contains("worker-4").doesNotContain("worker-3");
        assertThat(store.settle(done(lost))).noneMatch(Settled::accepted);
        assertThat(pending()).isEqualTo(1);
        assertThat(store.settle(done(found))).allMatch(Settled::accepted);
        assertThat(pending()).isZero();
    }

    @Test
    void whatIsSettledWithoutTheNameOfItsStreamIsAcknowledgedByTheNextClaim() {
        store.enqueue(jobs.times(BLOCK));
        List<Lease> leases = store.claim(claim(BLOCK)).leases();

        assertThat(another().settle(done(leases))).allMatch(Settled::accepted);
        assertThat(pending()).isEqualTo(1);
        assertThat(another().claim(claim(1)).jobs()).isZero();

        assertThat(pending()).isZero();
        assertThat(redis("EXISTS", key("acks"))).isEqualTo("[0]");
    }

    @Test
    void ofWhatHasEndedSoManyEntriesStayAndNoneOfTheOthersGoes() {
        config = config.withStreams(StreamsConfig.DEFAULT.withMaxLength(3));
        store = another();
        blocks(10);
        List<Lease> early = store.claim(claim(BLOCK)).leases();

        store.settle(done(store.claim(claim(5 * BLOCK)).leases()));
        assertThat(length()).as("1 pending, 3 settled, 4 unread").isEqualTo(8);
        assertThat(entries()).contains(Ids.text(held(early).getFirst()));
        assertThat(pending()).isEqualTo(1);

        store.settle(done(store.claim(claim(10 * BLOCK)).leases()));
        assertThat(length()).isEqualTo(4);
        assertThat(entries()).contains(Ids.text(held(early).getFirst()));
        store.settle(done(early));
        assertThat(length()).isEqualTo(3);
    }

    @Test
    void nothingThatHasEndedStaysIfSoConfigured() {
        config = config.withStreams(StreamsConfig.DEFAULT.withMaxLength(0));
        store = another();
        blocks(3);
        List<Lease> leases = store.claim(claim(2 * BLOCK)).leases();

        store.settle(done(leases.subList(0, 1)));
        another().settle(done(leases));
        store.claim(claim(BLOCK));

        assertThat(length()).isEqualTo(1);
    }

    @Test
    void whatIsPrunedLeavesNoEntry() {
        blocks(3);
        store.settle(done(store.claim(claim(2 * BLOCK)).leases()));
        clock.advance(Duration.ofDays(2));
        Retention day = new Retention(Retention.LEAST, Retention.LEAST, Retention.LEAST);
        assertThat(store.feature(Prune.class).orElseThrow().prune(day, 1_000).total())
                .isEqualTo(2 * BLOCK);

        store.claim(claim(1));

        assertThat(length()).isEqualTo(1);
        assertThat(pending()).isEqualTo(1);
    }

    @Test
    void whatLeftItsEntryByHandIsNotHandedOutFromThere() {
        List<NewJob> all = jobs.times(BLOCK);
        store.enqueue(all);
        Operate operate = store.feature(Operate.class).orElseThrow();
        operate.cancel(Jobs.LANE.tenant(), ids(all.subList(0, 3)));
        operate.amend(Jobs.LANE.tenant(), ids(all.subList(5, 6)), new Amendment.Reprioritise(0));

        List<JobId> handedOut = held(store.claim(claim(1)).leases());
        handedOut = new ArrayList<>(handedOut);
        List<Lease> rest = store.claim(claim(100)).leases();
        handedOut.addAll(held(rest));

        List<JobId> wanted = new ArrayList<>(ids(all.subList(5, 6)));
        wanted.addAll(ids(all.subList(3, 5)));
        wanted.addAll(ids(all.subList(6, BLOCK)));
        assertThat(handedOut).isEqualTo(wanted);
    }

    @Test
    void anEntryWhoseJobsWereAllCancelledIsPassedOver() {
        List<NewJob> cancelled = jobs.times(BLOCK);
        List<NewJob> wanted = jobs.times(BLOCK);
        store.enqueue(cancelled);
        store.enqueue(wanted);
        store.feature(Operate.class).orElseThrow().cancel(Jobs.LANE.tenant(), ids(cancelled));

        assertThat(held(store.claim(claim(100)).leases())).isEqualTo(ids(wanted));
        assertThat(pending()).isEqualTo(1);
    }

    @Test
    void aGroupThatSomebodyRemovesIsMadeAgainAndNothingIsLost() {
        List<NewJob> all = blocks(6);
        List<Lease> leases = new ArrayList<>(store.claim(claim(BLOCK + 5)).leases());
        redis("XGROUP", "DESTROY", stream(), GROUP);

        List<Lease> more = store.claim(claim(2 * BLOCK)).leases();
        leases.addAll(more);
        assertThat(pending()).as("what was read since").isEqualTo(2);
        assertThat(store.settle(done(leases))).allMatch(Settled::accepted);
        redis("XGROUP", "DESTROY", stream(), GROUP);
        leases.addAll(store.claim(claim(4 * BLOCK)).leases());

        assertThat(held(leases)).isEqualTo(ids(all));
        assertThat(pending()).isEqualTo(2);
    }

    @Test
    void aStreamThatSomebodyCutsIsTold() {
        blocks(2);
        redis("XTRIM", stream(), "MAXLEN", "0");

        assertThatThrownBy(() -> store.claim(claim(1)))
                .hasMessageContaining("restore the data")
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.NONE));
    }

    @Test
    void entriesOfOthersArePassedOver() {
        redis("XADD", stream(), "5-1", "something", "else");
        List<NewJob> all = jobs.times(BLOCK);
        store.enqueue(all);

        assertThat(held(store.claim(claim(100)).leases())).isEqualTo(ids(all));
        assertThat(length()).isEqualTo(1);
    }

    @Test
    void aPlaceIsNotOpenedInAnotherLayout() {
        store.enqueue(jobs.times(1));
        RedisConfig lists = redis().emptyStore();
        RedisConfig streams = config;
        try (RedisStores other = RedisStores.open(lists)) {
            other.jobs().enqueue(jobs.times(1));
        }

        assertOtherLayout(() -> RedisStores.open(lists.withPrefix(streams.prefix())));
        assertOtherLayout(() -> RedisStores.open(streams.withPrefix(lists.prefix())));
        assertOtherLayout(() -> RedisStores.open(streams.withStreams(StreamsConfig.DEFAULT.withGroup("others"))));
    }

    @Test
    void whoOpenedAnEmptyPlaceInAnotherLayoutIsRefusedLater() {
        try (RedisStores lists = RedisStores.open(redis().emptyStore().withPrefix(config.prefix()))) {
            store.enqueue(jobs.times(1));

            assertOtherLayout(() -> lists.jobs().enqueue(jobs.times(1)));
            assertOtherLayout(() -> lists.jobs().claim(claim(1)));
        }
    }

    /** Each enqueued by itself, and so an entry. */
    private List<NewJob> blocks(int n) {
        List<NewJob> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            List<NewJob> block = jobs.times(BLOCK);
            store.enqueue(block);
            all.addAll(block);
        }
        return all;
    }

    private static void assertOtherLayout(ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageContaining("another layout")
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.NONE));
    }

    private static ClaimRequest claimOf(int worker, int most) {
        return new ClaimRequest(UUID.randomUUID(), worker, List.of(Jobs.LANE), most, Long.MAX_VALUE, HOUR, true);
    }

    private String key(String name) {
        return "{" + config.prefix() + ":0}:" + name;
    }

    private String stream() {
        return key("stream:" + Jobs.LANE + ":4");
    }

    private long length() {
        return Long.parseLong(redis("XLEN", stream()).replaceAll("[\\[\\]]", ""));
    }

    /** With the names of their blocks, which are the ids of their first jobs. */
    private String entries() {
        return redis("XRANGE", stream(), "-", "+");
    }

    private long pending() {
        return Long.parseLong(
                redis("XPENDING", stream(), GROUP).replaceAll("[\\[\\]]", "").split(",", -1)[0]);
    }

    /** Who has something pending. */
    private String consumers() {
        return redis("XPENDING", stream(), GROUP);
    }

    private String redis(String... words) {
        return TestRedis.command(redis().server(), words);
    }
}
