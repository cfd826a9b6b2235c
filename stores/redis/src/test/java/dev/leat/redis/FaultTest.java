package dev.leat.redis;

import static dev.leat.redis.Jobs.claim;
import static dev.leat.redis.Jobs.done;
import static dev.leat.redis.Jobs.held;
import static dev.leat.redis.Jobs.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.launcher.RedisServer;
import dev.leat.launcher.RedisServer.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong between the store and its server, and that it changes nothing or says that it may have. */
class FaultTest {
    private static final int KILLS = 100;

    private final Jobs jobs = new Jobs();
    private RedisServer server;
    private RedisConfig config;
    private RedisStores stores;
    private JobStore store;

    /** How jobs are laid out. */
    RedisConfig laidOut(RedisConfig config) {
        return config;
    }

    @BeforeEach
    void open() {
        server = TestRedis.start(Version.REDIS_7_0, Map.of("enable-debug-command", "yes"));
        config = laidOut(TestRedis.config(server));
        stores = RedisStores.open(config);
        store = stores.jobs();
    }

    @AfterEach
    void close() {
        stores.close();
        server.close();
    }

    @Test
    void scriptsThatAreFlushedAreLoadedAgain() {
        store.enqueue(jobs.times(10));
        List<Lease> leases = store.claim(claim(5)).leases();
        redis("SCRIPT", "FLUSH");

        assertThat(store.settle(done(leases))).allMatch(Settled::accepted);
        redis("SCRIPT", "FLUSH");
        assertThat(store.enqueue(List.of(jobs.one()))).allMatch(Enqueued.Accepted.class::isInstance);
        redis("SCRIPT", "FLUSH");
        assertThat(store.claim(claim(10)).jobs()).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "meta",
                "lanes",
                "counts",
                "pages",
                "order",
                "bodies",
                "states",
                "ready",
                "suspects",
                "due",
                "leases",
                "ends",
                "claims",
                "notes",
                "unique",
                "over",
                "history",
                "names"
            })
    void aKeyOfAnotherProgramIsToldAndNothingElseIsTouched(String name) {
        store.enqueue(jobs.times(10));
        List<Lease> leases = store.claim(claim(5)).leases();
        String key = key(name);
        boolean there = redis("EXISTS", key).equals("[1]");
        if (there) {
            redis("RENAME", key, key + "-away");
        }
        redis("SET", key, "something else");

        int refused = 0;
        for (ThrowingCallable verb : List.<ThrowingCallable>of(
                () -> store.enqueue(jobs.times(3)),
                () -> store.claim(claim(5)),
                () -> store.settle(Jobs.settlements(
                        leases, new Outcome.Retry(Duration.ofHours(1), dev.leat.api.store.Failure.of("no")))),
                () -> store.settle(Jobs.settlements(leases, new Outcome.Release())),
                () -> operate().cancel(Jobs.LANE.tenant(), held(leases)))) {
            Map<String, String> state = dump();
            try {
                verb.call();
            } catch (StoreException e) {
                assertThat(e.effect()).isEqualTo(Effect.NONE);
                assertThat(e).hasMessageContaining("choose another prefix");
                assertThat(dump()).isEqualTo(state);
                refused++;
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }

        assertThat(redis("GET", key)).isEqualTo("[something else]");
        if (!List.of("suspects", "unique", "names").contains(name)) { // which none of these verbs comes to
            assertThat(refused).as("verbs that were refused").isPositive();
        }
    }

    @Test
    void whatAServerWithoutMemoryRefusesIsNotTouched() {
        store.enqueue(jobs.times(10));
        List<Lease> leases = store.claim(claim(5)).leases();
        Map<String, String> before = dump();
        redis("CONFIG", "SET", "maxmemory", "1");

        assertRefused(() -> store.enqueue(jobs.times(3)), "raise maxmemory");
        assertRefused(
                () -> store.settle(Jobs.settlements(leases, new Outcome.Completed(Payload.json("{\"sent\":true}")))),
                "raise maxmemory");

        redis("CONFIG", "SET", "maxmemory", "0");
        assertThat(dump()).isEqualTo(before);
        assertThat(store.settle(done(leases))).allMatch(Settled::accepted);
    }

    @Test
    void aServerThatBecomesAReplicaRefuses() {
        store.enqueue(jobs.times(10));
        redis("REPLICAOF", "127.0.0.1", "1");

        assertRefused(() -> store.enqueue(jobs.times(3)), "URL of the primary");
        assertRefused(() -> store.claim(claim(3)), "URL of the primary");

        redis("REPLICAOF", "NO", "ONE");
        assertThat(store.claim(claim(10)).jobs()).isEqualTo(10);
    }

    @Test
    void aServerThatDoesNotAnswerLeavesTheEffectUnknown() {
        try (RedisStores hasty = RedisStores.open(config.withTimeout(Duration.ofMillis(200)))) {
            JobStore impatient = hasty.jobs();
            NewJob job = jobs.one();
            redis("CLIENT", "PAUSE", "1000", "WRITE");

            assertThatThrownBy(() -> impatient.enqueue(List.of(job)))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.UNKNOWN));

            redis("CLIENT", "UNPAUSE");
            assertThat(impatient.enqueue(List.of(job)).getFirst())
                    .isIn(new Enqueued.Accepted(job.id()), new Enqueued.Duplicate(job.id()));
            assertThat(held(impatient.claim(claim(5)).leases())).containsExactly(job.id());
        }
    }

    @Test
    void aServerThatIsDownIsToldAndFoundAgain() {
        server.kill();
        // The first call may have been sent before the connection was seen to be gone.
        await().atMost(1, TimeUnit.MINUTES).untilAsserted(() -> assertRefused(() -> store.claim(claim(1)), "Redis at"));
        assertThat(store.health().detail()).contains("is it running there?");

        server.restart();

        assertThat(store.claim(claim(1)).jobs()).isZero();
    }

    @Test
    void aWorkerGoesOnHoweverOftenItsConnectionIsCut() throws Exception {
        AtomicInteger turns = new AtomicInteger();
        AtomicInteger unknown = new AtomicInteger();
        Set<JobId> completed = new HashSet<>();
        List<NewJob> all = new ArrayList<>();
        ExecutorService worker = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> done = worker.submit(() -> {
                while (turns.get() < Integer.MAX_VALUE / 2) {
                    List<NewJob> some = jobs.times(20);
                    all.addAll(some);
                    again(unknown, () -> store.enqueue(some));
                    ClaimRequest request = claim(20);
                    List<Lease> leases =
                            again(unknown, () -> store.claim(request)).leases();
                    List<Settlement> settlements = done(leases);
                    again(unknown, () -> store.settle(settlements));
                    completed.addAll(held(leases));
                    turns.incrementAndGet();
                }
                return 0;
            });
            for (int kill = 0; kill < KILLS; kill++) {
                int seen = turns.get();
                redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
                await().atMost(1, TimeUnit.MINUTES).until(() -> turns.get() > seen + 1 || done.isDone());
            }
            turns.set(Integer.MAX_VALUE / 2);
            done.get(1, TimeUnit.MINUTES);
        } finally {
            worker.shutdownNow();
        }

        List<Lease> rest = store.claim(claim(1_000)).leases();
        store.settle(done(rest));
        completed.addAll(held(rest));
        assertThat(unknown.get()).as("calls that met a cut").isPositive();
        assertThat(completed).isEqualTo(new HashSet<>(ids(all)));
        Inspect inspect = store.feature(Inspect.class).orElseThrow();
        assertThat(inspect.counts(Jobs.LANE.tenant())).isEqualTo(Map.of(JobState.COMPLETED, (long) all.size()));
    }

    private interface Ask<T> {
        T ask();
    }

    /** Asks until there is an answer. */
    private static <T> T again(AtomicInteger unknown, Ask<T> question) {
        while (true) {
            try {
                return question.ask();
            } catch (StoreException e) {
                if (e.effect() == Effect.UNKNOWN) {
                    unknown.incrementAndGet();
                }
            }
        }
    }

    private Operate operate() {
        return store.feature(Operate.class).orElseThrow();
    }

    private String key(String name) {
        return "{" + config.prefix() + ":0}:" + name;
    }

    private String redis(String... words) {
        return TestRedis.command(server, words);
    }

    /** Everything in the server. */
    private Map<String, String> dump() {
        Map<String, String> all = new TreeMap<>();
        for (String key : redis("KEYS", "*").replaceAll("[\\[\\]]", "").split(", ", -1)) {
            all.put(key, redis("DEBUG", "DIGEST-VALUE", key));
        }
        return all;
    }

    private static void assertRefused(ThrowingCallable call, String saying) {
        assertThatThrownBy(call)
                .hasMessageContaining(saying)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.NONE));
    }
}
