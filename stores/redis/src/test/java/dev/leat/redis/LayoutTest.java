package dev.leat.redis;

import static dev.leat.redis.Jobs.claim;
import static dev.leat.redis.Jobs.done;
import static dev.leat.redis.Jobs.held;
import static dev.leat.redis.Jobs.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.Payload;
import dev.leat.api.store.Claim;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Claimed.Left;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Retention;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.testkit.StoreClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How jobs are laid out, as far as the contract does not tell: sizes, bounds, order, and what is left behind. */
class LayoutTest {
    private static final Retention DAY = new Retention(Retention.LEAST, Retention.LEAST, Retention.LEAST);

    final Jobs jobs = new Jobs();
    private final StoreClock clock = new StoreClock();
    private RedisConfig config;
    private RedisStores stores;
    JobStore store;

    /** How jobs are laid out. */
    RedisConfig laidOut(RedisConfig config) {
        return config;
    }

    @BeforeEach
    void open() {
        config = laidOut(TestRedis.NEWEST.emptyStore());
        stores = RedisStores.open(config, () -> clock.offset().toMillis());
        store = stores.jobs();
    }

    @AfterEach
    void close() {
        stores.close();
    }

    @Test
    void jobsThatAreEnqueuedTogetherAreOneBlockAndCountedAsSuch() {
        store.enqueue(jobs.times(100));

        assertThat(redis("HLEN", key("bodies"))).isEqualTo("[1]");
        assertThat(redis("HLEN", key("states"))).isEqualTo("[1]");
        assertThat(redis("ZCARD", key("ready"))).isEqualTo("[1]");

        store.enqueue(jobs.times(1_000));
        assertThat(number("HLEN", key("bodies"))).isBetween(11L, 18L);
    }

    @Test
    void aBlockIsSplitAndSettledInPartsAndNothingIsLeftOfItsLeases() {
        List<NewJob> all = jobs.times(90);
        store.enqueue(all);
        List<JobId> handedOut = new ArrayList<>();
        for (int n = 1; handedOut.size() < 90; n++) {
            List<Lease> leases = store.claim(claim(n)).leases();
            handedOut.addAll(held(leases));
            assertThat(store.settle(done(leases))).allMatch(Settled::accepted);
        }

        assertThat(handedOut).isEqualTo(ids(all));
        for (String name : List.of("ready", "leases", "ends", "claims", "due", "suspects")) {
            assertThat(redis("EXISTS", key(name))).as(name).isEqualTo("[0]");
        }
    }

    @Test
    void tenThousandBlocksOfOneJobGoThroughEveryVerb() {
        List<NewJob> all = jobs.scattered(10_000);
        assertThat(store.enqueue(all)).allMatch(Enqueued.Accepted.class::isInstance);
        assertThat(store.enqueue(all)).allMatch(Enqueued.Duplicate.class::isInstance);

        int settled = 0;
        List<Lease> leases = List.of();
        do {
            List<Settlement> settlements = Jobs.settlements(leases, new Outcome.Snooze(Duration.ofHours(1)));
            settled += settlements.size();
            var turn = store.settleAndClaim(settlements, claim(10_000));
            assertThat(turn.settled()).allMatch(Settled::accepted);
            leases = turn.claimed().leases();
        } while (!leases.isEmpty());
        assertThat(settled).isEqualTo(10_000);

        clock.advance(Duration.ofHours(2));
        assertThat(store.promote(10_000).total()).isEqualTo(10_000);
    }

    @Test
    void aClaimIsBoundedInJobsAndBytesAndSaysThatThereIsMore() {
        store.enqueue(jobs.times(3_000));

        Claimed claimed = store.claim(claim(10_000));

        assertThat(claimed.jobs()).isEqualTo(1_000);
        assertThat(claimed.left()).isEqualTo(Left.MORE);
        assertThat(claimed.leases()).allMatch(lease -> lease.claims().size() <= 256);
    }

    @Test
    void whatIsTakenBackComesInItsOrder() {
        List<NewJob> all = jobs.times(150);
        store.enqueue(all);
        store.claim(claim(150));
        clock.advance(Duration.ofHours(2));
        assertThat(store.reclaim(10).total()).isEqualTo(150);

        List<JobId> again = new ArrayList<>();
        while (again.size() < 150) {
            again.addAll(held(store.claim(claim(7)).leases()));
        }

        assertThat(again).isEqualTo(ids(all));
    }

    @Test
    void afterEverythingWasLostTokensGrowOn() {
        store.enqueue(List.of(jobs.one()));
        LeaseId before = store.claim(claim(1)).leases().getFirst().id();
        for (String name : redis("KEYS", key("*")).replaceAll("[\\[\\]]", "").split(", ", -1)) {
            redis("DEL", name);
        }

        store.enqueue(List.of(jobs.one()));

        assertThat(store.claim(claim(1)).leases().getFirst().id()).isGreaterThan(before);
    }

    @Test
    void whatWasPrunedLeavesNothingBehind() {
        List<NewJob> all = jobs.times(50);
        store.enqueue(all);
        List<Lease> leases = store.claim(claim(50)).leases();
        List<Settlement> settlements =
                new ArrayList<>(Jobs.settlements(leases, new Outcome.Completed(Payload.json("{\"sent\":true}"))));
        store.settle(settlements.subList(0, 20));
        store.settle(Jobs.settlements(leases, new Outcome.Discard(dev.leat.api.store.Failure.of("no use"))));
        clock.advance(Duration.ofDays(2));
        Prune prune = store.feature(Prune.class).orElseThrow();

        assertThat(prune.prune(DAY, 10).total()).isEqualTo(10);
        assertThat(prune.prune(DAY, 100).total()).isEqualTo(40);

        for (String name : List.of("bodies", "states", "pages", "order", "over", "notes")) {
            assertThat(redis("EXISTS", key(name))).as(name).isEqualTo("[0]");
        }
    }

    @Test
    void ofJobsThatAreGoneAtMostAsManyPayloadsStayAsOfThoseThatAreThere() {
        List<NewJob> all = jobs.times(30);
        store.enqueue(all);
        long whole = number("HSTRLEN", key("bodies"), Ids.text(all.getFirst().id()));
        List<Lease> leases = store.claim(claim(30)).leases();
        List<Settlement> settlements = Jobs.settlements(leases, new Outcome.Completed(Payload.json("{\"sent\":true}")));
        for (Settlement settlement : settlements.subList(0, 27)) {
            store.settle(List.of(settlement));
        }
        clock.advance(Duration.ofDays(2));
        store.renew(List.of(leases.getFirst().id()), Duration.ofHours(1));
        Prune prune = store.feature(Prune.class).orElseThrow();

        assertThat(prune.prune(DAY, 9).total()).isEqualTo(9);
        assertThat(prune.prune(DAY, 100).total()).isEqualTo(18);

        long rest = number("HSTRLEN", key("bodies"), Ids.text(all.getFirst().id()));
        long payloads = all.subList(27, 30).stream()
                .mapToLong(job -> job.payload().size())
                .sum();
        assertThat(rest).isLessThan(whole).isEqualTo(2 + 13 * 30 + payloads);
        assertThat(redis("EXISTS", key("notes")))
                .as("results of jobs that are gone")
                .isEqualTo("[0]");
        assertThat(store.enqueue(all.subList(27, 30))).allMatch(Enqueued.Duplicate.class::isInstance);
        store.settle(Jobs.settlements(leases, new Outcome.Release()));
        assertThat(store.claim(claim(30)).leases().stream()
                        .flatMap(lease -> lease.claims().stream())
                        .map(Claim::payload))
                .isEqualTo(all.subList(27, 30).stream().map(NewJob::payload).toList());
    }

    @Test
    void anIdThatComesAgainBesideTheRestOfItsOldBlockIsAJobOfItsOwn() {
        List<NewJob> all = jobs.times(10);
        store.enqueue(all);
        List<Lease> leases = store.claim(claim(10)).leases();
        List<Settlement> settlements = Jobs.settlements(leases, Jobs.DONE);
        store.settle(settlements.subList(0, 4));
        clock.advance(Duration.ofDays(2));
        store.renew(List.of(leases.getFirst().id()), Duration.ofHours(1));
        assertThat(store.feature(Prune.class).orElseThrow().prune(DAY, 100).total())
                .isEqualTo(4);

        List<NewJob> again = all.subList(0, 3).stream()
                .map(job -> Jobs.with(job, Due.after(Duration.ofMinutes(1))))
                .toList();
        assertThat(store.enqueue(again)).allMatch(Enqueued.Accepted.class::isInstance);
        assertThat(store.enqueue(all.subList(4, 10))).allMatch(Enqueued.Duplicate.class::isInstance);
        clock.advance(Duration.ofMinutes(2));
        assertThat(store.promote(10).total()).isEqualTo(3);
        List<Lease> fresh = store.claim(claim(10)).leases();
        assertThat(held(fresh)).isEqualTo(ids(again));

        assertThat(store.settle(settlements.subList(4, 10))).allMatch(Settled::accepted);
        assertThat(store.settle(done(fresh))).allMatch(Settled::accepted);
    }

    @Test
    void everyKeyIsOnOneNodeOfACluster() {
        store.enqueue(jobs.times(3));
        store.settle(done(store.claim(claim(2)).leases()));

        String[] names = redis("KEYS", "*" + config.prefix() + ":*")
                .replaceAll("[\\[\\]]", "")
                .split(", ", -1);

        assertThat(names).hasSizeGreaterThan(6).allMatch(name -> name.startsWith("{" + config.prefix() + ":0}:"));
    }

    String key(String name) {
        return "{" + config.prefix() + ":0}:" + name;
    }

    long number(String... words) {
        return Long.parseLong(redis(words).replaceAll("[\\[\\]]", ""));
    }

    static String redis(String... words) {
        return TestRedis.command(TestRedis.NEWEST.server(), words);
    }
}
