package dev.leat.redis;

import static dev.leat.redis.Jobs.claim;
import static dev.leat.redis.Jobs.done;
import static dev.leat.redis.Jobs.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.Payload;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.AttemptRecord;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
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

/** What is kept of a job beside its state: the runs of its handler, why they failed, and a payload put in place by hand. */
class HistoryTest {
    private static final Retention DAY = new Retention(Retention.LEAST, Retention.LEAST, Retention.LEAST);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int KEPT = 1_000;

    private final Jobs jobs = new Jobs();
    private final StoreClock clock = new StoreClock();
    private RedisConfig config;
    private RedisStores stores;
    private JobStore store;

    @BeforeEach
    void open() {
        config = TestRedis.NEWEST.emptyStore();
        stores = RedisStores.open(config, () -> clock.offset().toMillis());
        store = stores.jobs();
    }

    @AfterEach
    void close() {
        stores.close();
    }

    @Test
    void aBlockThatRunsOftenKeepsASmallStateAndAllOfItsHistory() {
        List<NewJob> all = jobs.times(100);
        store.enqueue(all);

        for (int round = 0; round < 200; round++) {
            endEachApart(round);
        }

        long state = number("HSTRLEN", key("states"), block(all.getFirst()));
        assertThat(state).as("bytes of the state").isPositive().isLessThan(64 * 1024);
        for (int job : List.of(0, 1, 57, 99)) {
            List<AttemptRecord> attempts = find(all.get(job).id()).attempts();
            assertThat(attempts).hasSize(200);
            for (int round = 0; round < 200; round++) {
                boolean fails = (round + job) % 20 == 0;
                assertThat(attempts.get(round).ended()).isEqualTo(fails ? Ended.FAILED : Ended.SNOOZED);
                assertThat(attempts.get(round).failure())
                        .isEqualTo(fails ? Failure.of("round " + round + " of " + job % 3) : null);
            }
            assertThat(attempts).extracting(AttemptRecord::lease).isSorted().doesNotHaveDuplicates();
        }

        store.settle(done(store.claim(claim(100)).leases()));
        prune(100);
        for (String name : List.of("states", "history", "notes", "bodies")) {
            assertThat(redis("EXISTS", key(name))).as(name).isEqualTo("[0]");
        }
    }

    /** Each job in a way of its own, so that no two stay alike. */
    private void endEachApart(int round) {
        List<Settlement> settlements = new ArrayList<>();
        for (Lease lease : store.claim(claim(100)).leases()) {
            lease.claims().forEach(claim -> {
                int job =
                        (int) (claim.job().value() - JobId.of(90_000_000, 7, 0).value());
                settlements.add(new Settlement(
                        lease.id(),
                        claim.job(),
                        (round + job) % 20 == 0
                                ? new Outcome.Retry(SOON, Failure.of("round " + round + " of " + job % 3))
                                : new Outcome.Snooze(SOON)));
            });
        }
        assertThat(store.settle(settlements)).hasSize(100).allMatch(Settled::accepted);
        clock.advance(Duration.ofSeconds(2));
        assertThat(store.promote(1_000).total()).isEqualTo(100);
    }

    @Test
    void theOldestRunsOfAJobAreForgottenAndWhyTheyFailedToo() {
        List<NewJob> all = jobs.times(2);
        store.enqueue(all);
        JobId often = all.getFirst().id();
        JobId once = all.getLast().id();
        end(claimAll(), new Outcome.Retry(SOON, Failure.of("together")));
        List<Lease> second = claimAll();
        store.settle(List.of(
                new Settlement(second.getFirst().id(), often, new Outcome.Retry(SOON, Failure.of("alone"))),
                new Settlement(
                        second.getFirst().id(), once, new Outcome.Retry(Duration.ofDays(2), Failure.of("apart")))));
        becomeDue();

        for (int i = 0; i < KEPT - 1; i++) {
            end(claimAll(), new Outcome.Snooze(SOON));
        }
        assertThat(failures(often)).containsExactly("alone");
        assertThat(failures(once)).containsExactly("together", "apart");
        assertThat(number("HLEN", key("notes"))).isEqualTo(3);

        end(claimAll(), new Outcome.Snooze(SOON));
        assertThat(failures(often)).isEmpty();
        assertThat(find(often).attempts()).hasSize(KEPT);
        assertThat(number("HLEN", key("notes")))
                .as("what only the other failed of")
                .isEqualTo(2);
        assertThat(number("HLEN", key("history"))).isEqualTo(KEPT + 2);

        cancel(all);
        clock.advance(Duration.ofDays(3));
        prune(2);
        for (String name : List.of("states", "history", "notes", "bodies")) {
            assertThat(redis("EXISTS", key(name))).as(name).isEqualTo("[0]");
        }
    }

    @Test
    void anIdThatComesAgainHasAPayloadOfItsOwn() {
        List<NewJob> all = jobs.times(2);
        store.enqueue(all);
        NewJob first = all.getFirst();
        replacePayload(first.id(), "{\"n\":\"old\"}");
        Lease lease = store.claim(claim(1)).leases().getFirst();
        store.settle(done(List.of(lease)));
        clock.advance(Duration.ofDays(2));
        prune(1);

        assertThat(store.enqueue(List.of(first))).allMatch(Enqueued.Accepted.class::isInstance);
        assertThat(find(first.id()).payload()).isEqualTo(first.payload());
        replacePayload(first.id(), "{\"n\":\"new\"}");
        cancel(all.subList(1, 2));
        clock.advance(Duration.ofDays(2));
        prune(1);

        assertThat(find(first.id()).payload()).isEqualTo(Payload.json("{\"n\":\"new\"}"));
        assertThat(store.claim(claim(1)).leases().getFirst().claims().getFirst().payload())
                .isEqualTo(Payload.json("{\"n\":\"new\"}"));
    }

    private List<Lease> claimAll() {
        return store.claim(claim(10)).leases();
    }

    private void end(List<Lease> leases, Outcome outcome) {
        assertThat(store.settle(Jobs.settlements(leases, outcome))).isNotEmpty().allMatch(Settled::accepted);
        becomeDue();
    }

    private void becomeDue() {
        clock.advance(SOON.plusMillis(1));
        store.promote(10);
    }

    private List<String> failures(JobId id) {
        return find(id).attempts().stream()
                .filter(attempt -> attempt.ended() == Ended.FAILED)
                .map(attempt -> attempt.failure() == null
                        ? "unknown"
                        : attempt.failure().message())
                .toList();
    }

    private JobRecord find(JobId id) {
        return store.feature(Inspect.class)
                .orElseThrow()
                .find(Jobs.LANE.tenant(), List.of(id))
                .getFirst();
    }

    private void replacePayload(JobId id, String json) {
        operate().amend(Jobs.LANE.tenant(), List.of(id), new Amendment.ReplacePayload(Payload.json(json)));
    }

    private void cancel(List<NewJob> some) {
        clock.advance(SOON.multipliedBy(2));
        operate().cancel(Jobs.LANE.tenant(), ids(some));
    }

    private void prune(int expected) {
        clock.advance(Duration.ofDays(2));
        assertThat(store.feature(Prune.class).orElseThrow().prune(DAY, 1_000).total())
                .isEqualTo(expected);
    }

    private Operate operate() {
        return store.feature(Operate.class).orElseThrow();
    }

    private static String block(NewJob first) {
        return Ids.text(first.id());
    }

    private String key(String name) {
        return "{" + config.prefix() + ":0}:" + name;
    }

    private static long number(String... words) {
        return Long.parseLong(redis(words).replaceAll("[\\[\\]]", ""));
    }

    private static String redis(String... words) {
        return TestRedis.command(TestRedis.NEWEST.server(), words);
    }
}
