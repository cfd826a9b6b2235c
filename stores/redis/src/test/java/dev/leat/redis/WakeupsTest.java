package dev.leat.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leat.api.store.JobStore;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Wakeups;
import dev.leat.api.store.Wakeups.Listening;
import dev.leat.api.store.Wakeups.Wakeup;
import dev.leat.launcher.RedisServer;
import dev.leat.launcher.RedisServer.Version;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who hears of jobs, and that listening outlives its connection. */
class WakeupsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Wakeup HERE = new Wakeup(Set.of(Jobs.LANE));
    private static final int CUTS = 20;

    private final Jobs jobs = new Jobs();
    private final List<Wakeup> heard = new CopyOnWriteArrayList<>();
    private RedisServer server;
    private RedisStores stores;
    private RedisStores others;
    private JobStore store;
    private JobStore other;

    @BeforeEach
    void open() {
        server = TestRedis.start(Version.REDIS_7_0, Map.of());
        RedisConfig config = TestRedis.config(server);
        stores = RedisStores.open(config);
        others = RedisStores.open(config);
        store = stores.jobs();
        other = others.jobs();
    }

    @AfterEach
    void close() {
        others.close();
        stores.close();
        server.close();
    }

    @Test
    void anotherStoreHearsWhereJobsAre() {
        listen(other);
        await().atMost(LONG).until(() -> heard.contains(Wakeup.ANYWHERE));

        store.enqueue(List.of(jobs.one()));
        await().atMost(LONG).until(() -> heard.contains(HERE));

        heard.clear();
        store.settle(Jobs.settlements(store.claim(Jobs.claim(1)).leases(), new Outcome.Release()));
        await().atMost(LONG).until(() -> heard.contains(HERE));

        heard.clear();
        wakeups(store).committed();
        await().atMost(LONG).until(() -> heard.contains(Wakeup.ANYWHERE));
    }

    @Test
    void whoMayNotListenLeavesNoConnectionsBehind() throws Exception {
        TestRedis.command(server, "ACL", "SETUSER", "deaf", "on", ">sesame", "~*", "resetchannels", "+@all");
        try (RedisStores deaf = RedisStores.open(TestRedis.config(server).withAuthentication("deaf", "sesame"))) {
            listen(deaf.jobs());
            await().atMost(LONG).until(() -> refusals() >= 7);

            await().atMost(LONG).until(() -> connections() <= 8);
        }
    }

    /** How often somebody was told that he may not. */
    private long refusals() {
        return number("errorstats", "errorstat_NOPERM:count=");
    }

    private long connections() {
        return number("clients", "connected_clients:");
    }

    private long number(String section, String before) {
        String info = TestRedis.command(server, "INFO", section);
        int at = info.indexOf(before);
        return at < 0 ? 0 : Long.parseLong(info.substring(at + before.length()).split("[^0-9]", 2)[0]);
    }

    @Test
    void thisStoreHearsAtOnceAndOnce() {
        listen(store);
        await().atMost(LONG).until(() -> heard.contains(Wakeup.ANYWHERE));
        heard.clear();

        store.enqueue(List.of(jobs.one()));
        assertThat(heard).containsExactly(HERE);

        other.enqueue(List.of(jobs.one()));
        await().atMost(LONG).until(() -> heard.size() == 2);
        assertThat(heard).containsExactly(HERE, HERE);
    }

    @Test
    void afterEachCutItListensAgainAndLooksEverywhere() {
        listen(other);
        for (int cut = 0; cut < CUTS; cut++) {
            await().atMost(LONG).until(() -> heard.contains(Wakeup.ANYWHERE));
            heard.clear();
            TestRedis.command(server, "CLIENT", "KILL", "TYPE", "pubsub");
        }
        await().atMost(LONG).until(() -> heard.contains(Wakeup.ANYWHERE));

        store.enqueue(List.of(jobs.one()));
        await().atMost(LONG).until(() -> heard.contains(HERE));
    }

    @Test
    void whoClosedHearsNothing() {
        Listening listening = listen(store);
        await().atMost(LONG).until(() -> heard.contains(Wakeup.ANYWHERE));
        heard.clear();

        listening.close();
        listening.close();
        store.enqueue(List.of(jobs.one()));

        assertThat(heard).isEmpty();
    }

    private Listening listen(JobStore at) {
        return wakeups(at).listen(heard::add);
    }

    private static Wakeups wakeups(JobStore at) {
        return at.feature(Wakeups.class).orElseThrow();
    }
}
