package dev.leat.redis;

import static dev.leat.redis.Jobs.claim;
import static dev.leat.redis.Jobs.held;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.StoreException;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.launcher.RedisServer;
import dev.leat.launcher.RedisServer.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was acknowledged while the server is killed is there when it is back, and what was settled does not come again. */
class KillTest {
    private static final int KILLS = 5;
    private static final int PAIRS = 3;
    private static final int CALLS_BEFORE_KILL = 30;

    private final Jobs jobs = new Jobs();
    private final Set<JobId> accepted = ConcurrentHashMap.newKeySet();
    private final Set<JobId> completed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger failed = new AtomicInteger();
    private volatile boolean killed;

    /** How jobs are laid out. */
    RedisConfig laidOut(RedisConfig config) {
        return config;
    }

    @ParameterizedTest
    @EnumSource
    void nothingThatWasAnsweredIsLost(Version version, TestReporter reporter) throws Exception {
        try (RedisServer server = TestRedis.start(version, Map.of("appendonly", "yes", "appendfsync", "always"));
                RedisStores stores =
                        RedisStores.open(laidOut(TestRedis.config(server).withDurability(Durability.D2)))) {
            JobStore store = stores.jobs();
            for (int kill = 0; kill < KILLS; kill++) {
                killUnder(server, store);
            }
            for (List<Lease> leases = claimed(store); !leases.isEmpty(); leases = claimed(store)) {
                settle(store, Jobs.done(leases));
            }

            reporter.publishEntry(
                    "%d kills: %d jobs accepted, %d calls failed".formatted(KILLS, accepted.size(), failed.get()));
            assertThat(failed.get()).as("calls that met a kill").isPositive();
            assertThat(completed).isEqualTo(accepted);
            Inspect inspect = store.feature(Inspect.class).orElseThrow();
            assertThat(inspect.counts(Jobs.LANE.tenant()))
                    .isEqualTo(Map.of(JobState.COMPLETED, (long) accepted.size()));
        }
    }

    /** Works until the server is killed, and asks again, when it is back, for what had no answer. */
    private void killUnder(RedisServer server, JobStore store) throws Exception {
        killed = false;
        CountDownLatch calls = new CountDownLatch(CALLS_BEFORE_KILL);
        List<Callable<Runnable>> works = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            works.add(() -> produce(store, calls));
            works.add(() -> work(store, calls));
        }
        List<Runnable> pending = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(works.size());
        try {
            List<Future<Runnable>> futures = new ArrayList<>();
            works.forEach(work -> futures.add(threads.submit(work)));
            calls.await();
            killed = true;
            server.kill();
            for (Future<Runnable> future : futures) {
                pending.add(future.get());
            }
        } finally {
            threads.shutdownNow();
        }
        server.restart();
        pending.forEach(Runnable::run);
    }

    private Runnable produce(JobStore store, CountDownLatch calls) {
        while (true) {
            List<NewJob> some = jobs.times(20);
            try {
                enqueue(store, some);
                calls.countDown();
            } catch (StoreException e) {
                return () -> again(() -> enqueue(store, some));
            }
        }
    }

    private void enqueue(JobStore store, List<NewJob> some) {
        for (Enqueued answer : store.enqueue(some)) {
            assertThat(answer).isInstanceOfAny(Enqueued.Accepted.class, Enqueued.Duplicate.class);
            accepted.add(answer.id());
        }
    }

    private Runnable work(JobStore store, CountDownLatch calls) {
        while (true) {
            ClaimRequest request = claim(15);
            List<Lease> leases;
            try {
                leases = claimed(store, request);
            } catch (StoreException e) {
                return () -> again(() -> settle(store, Jobs.done(claimed(store, request))));
            }
            List<Settlement> settlements = Jobs.done(leases);
            try {
                settle(store, settlements);
                calls.countDown();
            } catch (StoreException e) {
                return () -> again(() -> settleAgain(store, settlements));
            }
        }
    }

    private List<Lease> claimed(JobStore store) {
        return claimed(store, claim(1_000));
    }

    private List<Lease> claimed(JobStore store, ClaimRequest request) {
        List<Lease> leases = store.claim(request).leases();
        assertThat(held(leases)).as("handed out").noneMatch(completed::contains);
        return leases;
    }

    private void settle(JobStore store, List<Settlement> settlements) {
        for (Settled answer : store.settle(settlements)) {
            assertThat(answer.accepted()).isTrue();
            completed.add(answer.job());
        }
    }

    /** Stale is what was accepted before. */
    private void settleAgain(JobStore store, List<Settlement> settlements) {
        store.settle(settlements).forEach(answer -> completed.add(answer.job()));
    }

    /** Until the server has loaded its data. */
    private void again(Runnable call) {
        assertThat(killed).isTrue();
        failed.incrementAndGet();
        while (true) {
            try {
                call.run();
                return;
            } catch (StoreException e) {
                failed.incrementAndGet();
            }
        }
    }
}
