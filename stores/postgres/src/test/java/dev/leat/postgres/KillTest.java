package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Health;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** What the store says while its server is killed under it is true, and what it has said it keeps. */
class KillTest {
    private static final int KILLS = 10;
    private static final int PRODUCERS = 3;
    private static final int CALLS_BEFORE_KILL = 12;

    private static final TestDatabase DATABASE = TestDatabase.own();

    private final AtomicLong ids = new AtomicLong();
    private final Set<JobId> accepted = ConcurrentHashMap.newKeySet();
    private final Set<JobId> completed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger unknown = new AtomicInteger();
    private final AtomicInteger none = new AtomicInteger();
    private volatile boolean killed;

    @Test
    void nothingThatWasAnsweredIsLost(TestReporter reporter) throws Exception {
        PostgresConfig config = DATABASE.fresh();
        try (PostgresStores stores = PostgresStores.open(config)) {
            for (int kill = 0; kill < KILLS; kill++) {
                killUnder(stores).forEach(pending -> pending.askAgain(stores));
            }
            finish(stores);
            assertThat(stores.jobs().health().status()).isEqualTo(Health.Status.HEALTHY);
        }

        reporter.publishEntry("%d kills: %d jobs accepted, %d calls of unknown effect, %d of none"
                .formatted(KILLS, accepted.size(), unknown.get(), none.get()));
        assertThat(unknown.get() + none.get()).as("calls that met a kill").isPositive();
        assertThat(completed).isEqualTo(accepted);
        assertThat(DATABASE.number("select count(*) from " + config.schema() + ".job"))
                .isEqualTo(accepted.size());
        assertThat(DATABASE.number(
                        "select count(*) from %s.jobs where status = 'completed'".formatted(config.schema())))
                .isEqualTo(accepted.size());
    }

    @Test
    void aServerThatIsDownIsUnhealthyAndSaysWhatToDo() {
        try (PostgresStores stores = PostgresStores.open(DATABASE.fresh())) {
            DATABASE.server().stop();

            Health health = stores.jobs().health();

            assertThat(health.status()).isEqualTo(Health.Status.UNHEALTHY);
            assertThat(health.detail()).contains("cannot be reached", "check that the server runs");
        } finally {
            DATABASE.server().restart();
        }
    }

    /** Producers and a worker run until the server dies under them; gives the calls whose answers they lost. */
    private List<Pending> killUnder(PostgresStores stores) throws Exception {
        killed = false;
        CountDownLatch answered = new CountDownLatch(CALLS_BEFORE_KILL);
        List<Pending> left = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<Pending>> running = new ArrayList<>();
            for (int i = 0; i < PRODUCERS; i++) {
                running.add(threads.submit(() -> produce(stores, answered)));
            }
            running.add(threads.submit(() -> work(stores, answered)));
            answered.await();
            DATABASE.server().kill();
            killed = true;
            DATABASE.server().restart();
            for (Future<Pending> each : running) {
                left.add(each.get());
            }
        }
        return left;
    }

    /** A call whose answer was lost, to be asked again unchanged. */
    private interface Pending {
        /** Of a thread that was between two calls. */
        Pending NOTHING = stores -> {};

        void askAgain(PostgresStores stores);
    }

    private Pending produce(PostgresStores stores, CountDownLatch answered) {
        while (!killed) {
            long first = 1 + ids.getAndAdd(20);
            List<NewJob> jobs =
                    LongStream.range(first, first + 10).mapToObj(Jobs::job).toList();
            try {
                stores.jobs().enqueue(jobs).forEach(answer -> accepted.add(answer.id()));
                answered.countDown();
            } catch (StoreException e) {
                count(e);
                return again -> {
                    List<Enqueued> answers = again.jobs().enqueue(jobs);
                    long stored = answers.stream()
                            .filter(Enqueued.Duplicate.class::isInstance)
                            .count();
                    assertThat(answers).noneMatch(Enqueued.Clash.class::isInstance);
                    assertThat(stored).as("of one call all are stored or none").isIn(0L, 10L);
                    assertThat(e.effect() == Effect.NONE && stored > 0)
                            .as("stored, but said to have had no effect: %s", e.getMessage())
                            .isFalse();
                    answers.forEach(answer -> accepted.add(answer.id()));
                };
            }
        }
        return Pending.NOTHING;
    }

    private Pending work(PostgresStores stores, CountDownLatch answered) {
        while (!killed) {
            ClaimRequest request = Jobs.claim(UUID.randomUUID(), 25);
            List<Settlement> settlements = List.of();
            try {
                settlements = settlements(stores.jobs().claim(request).leases());
                if (!settlements.isEmpty()) {
                    settled(stores.jobs().settle(settlements), false);
                    answered.countDown();
                }
            } catch (StoreException e) {
                count(e);
                List<Settlement> asked = settlements;
                return again -> {
                    if (asked.isEmpty()) {
                        settled(
                                again.jobs()
                                        .settle(settlements(
                                                again.jobs().claim(request).leases())),
                                false);
                    } else {
                        settled(again.jobs().settle(asked), e.effect() == Effect.UNKNOWN);
                    }
                };
            }
        }
        return Pending.NOTHING;
    }

    /** @param mayBeStale whether the settlements may have been accepted before */
    private void settled(List<Settled> answers, boolean mayBeStale) {
        assertThat(answers.stream().map(Settled::accepted).distinct().count()).isLessThanOrEqualTo(1);
        for (Settled answer : answers) {
            assertThat(answer.accepted() || mayBeStale).as("%s", answer).isTrue();
            assertThat(completed.add(answer.job())).as("completed once").isTrue();
        }
    }

    private static List<Settlement> settlements(List<Lease> leases) {
        List<Settlement> settlements = new ArrayList<>();
        for (Lease lease : leases) {
            for (Claim claim : lease.claims()) {
                settlements.add(new Settlement(lease.id(), claim.job(), new Outcome.Completed(null)));
            }
        }
        return settlements;
    }

    private void count(StoreException e) {
        (e.effect() == Effect.UNKNOWN ? unknown : none).incrementAndGet();
    }

    private void finish(PostgresStores stores) {
        for (List<Settlement> rest = claimed(stores); !rest.isEmpty(); rest = claimed(stores)) {
            settled(stores.jobs().settle(rest), false);
        }
    }

    private static List<Settlement> claimed(PostgresStores stores) {
        return settlements(stores.jobs().claim(Jobs.claim(1_000)).leases());
    }
}
