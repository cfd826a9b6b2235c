package dev.leat.redis;

import static dev.leat.redis.Jobs.claim;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many lanes there may be, and who reads which. */
class LanesTest {
    private static final int MOST = 100_000;
    private static final Lane MAIL = Jobs.LANE;
    private static final Lane CLICKS = new Lane(MAIL.tenant(), new QueueName("clicks"), MAIL.kind());
    private static final Lane ELSEWHERE = new Lane(new TenantName("main2"), MAIL.queue(), MAIL.kind());

    private final Jobs jobs = new Jobs();
    private RedisConfig config;
    private RedisStores stores;
    private JobStore store;
    private Inspect inspect;

    /** How jobs are laid out. */
    RedisConfig laidOut(RedisConfig config) {
        return config;
    }

    @BeforeEach
    void open() {
        config = laidOut(TestRedis.NEWEST.emptyStore());
        stores = RedisStores.open(config);
        store = stores.jobs();
        inspect = store.feature(Inspect.class).orElseThrow();
    }

    @AfterEach
    void close() {
        stores.close();
        RedisStores.remove(config);
    }

    @Test
    void whoCountsReadsNoLanesOfOtherTenantsAndQueues() {
        store.enqueue(List.of(in(MAIL), in(MAIL), in(CLICKS), in(ELSEWHERE)));

        spoilCounts(ELSEWHERE);
        assertThat(inspect.counts(MAIL.tenant())).isEqualTo(Map.of(JobState.AVAILABLE, 3L));
        assertThat(inspect.queueNames(MAIL.tenant())).containsExactly(CLICKS.queue(), MAIL.queue());

        spoilCounts(CLICKS);
        assertThat(inspect.counts(MAIL.tenant(), MAIL.queue())).isEqualTo(Map.of(JobState.AVAILABLE, 2L));
        assertThatThrownBy(() -> inspect.counts(MAIL.tenant())).isInstanceOf(StoreException.class);
    }

    @Test
    void oneLaneTooManyIsRefusedAndTheOthersGoOn() {
        store.enqueue(List.of(in(MAIL)));
        redis(
                "EVAL",
                "for i = 2, tonumber(ARGV[1]) do redis.call('HSET', KEYS[1], 'other/queue' .. i .. '/kind', i, '#' .."
                        + " i, 'other/queue' .. i .. '/kind') end",
                "1",
                key("lanes"),
                Integer.toString(MOST));
        NewJob waiting = in(MAIL);

        assertRefused(() -> store.enqueue(List.of(waiting, in(CLICKS))));
        assertThat(inspect.counts(MAIL.tenant())).isEqualTo(Map.of(JobState.AVAILABLE, 1L));
        assertThat(redis("HLEN", key("lanes"))).isEqualTo("[" + 2 * MOST + "]");
        store.enqueue(List.of(waiting));
        assertRefused(() -> store.feature(Operate.class)
                .orElseThrow()
                .amend(MAIL.tenant(), List.of(waiting.id()), new Amendment.Move(CLICKS.queue())));
        assertThat(store.claim(claim(10)).jobs()).isEqualTo(2);
    }

    private NewJob in(Lane lane) {
        NewJob job = jobs.one();
        return new NewJob(job.id(), job.nonce(), lane, job.payload(), job.priority(), job.maxAttempts(), job.due());
    }

    /** So that whoever reads them fails. */
    private void spoilCounts(Lane lane) {
        String number = redis("HGET", key("lanes"), lane.toString()).replaceAll("[\\[\\]]", "");
        redis("HSET", key("counts"), number, "no counts");
    }

    private String key(String name) {
        return "{" + config.prefix() + ":0}:" + name;
    }

    private static String redis(String... words) {
        return TestRedis.command(TestRedis.NEWEST.server(), words);
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageContaining("100,000 lanes")
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.NONE));
    }
}
