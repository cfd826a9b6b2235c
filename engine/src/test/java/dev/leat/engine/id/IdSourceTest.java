package dev.leat.engine.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.StoreException;
import dev.leat.engine.memory.InMemoryControlStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class IdSourceTest {
    static final NodeSettings SETTINGS = new NodeSettings(
            new NodeRecord.Metadata("host", 1, "test"), Duration.ofSeconds(60), Duration.ofSeconds(10));

    private final FakeTime time = new FakeTime();
    private final FakeTime.NodeClock clock = time.nodeClock();
    private final NodeLease lease = NodeLease.acquire(new InMemoryControlStore(time), clock, SETTINGS);
    private final IdSource ids = lease.ids();

    @Test
    void handsOutRunsWithoutAGap() {
        IdRun first = ids.next(3);
        IdRun second = ids.next(1);
        int node = lease.number().orElseThrow();
        assertThat(first.first()).isEqualTo(JobId.of(time.second(), node, 0));
        assertThat(first.get(1)).isEqualTo(JobId.of(time.second(), node, 1));
        assertThat(first.last()).isEqualTo(JobId.of(time.second(), node, 2)).isEqualTo(first.get(2));
        assertThat(second.first()).isEqualTo(JobId.of(time.second(), node, 3));
        assertThatThrownBy(() -> first.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> first.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, IdSource.MOST + 1, Integer.MAX_VALUE})
    void refusesOtherCounts(int count) {
        assertThatThrownBy(() -> ids.next(count)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void followsTheStoresTime() {
        for (int i = 0; i < 50; i++) {
            assertThat(ids.next(1).first().second()).isEqualTo(time.second());
            time.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void borrowsTwoSecondsAndThenWaits() {
        long start = time.second();
        for (int ahead = 0; ahead <= 2; ahead++) {
            assertThat(ids.next(IdSource.MOST).first().second()).isEqualTo(start + ahead);
        }
        assertThat(time.second()).isEqualTo(start);
        assertThat(ids.next(IdSource.MOST).first().second()).isEqualTo(start + 3);
        assertThat(time.second()).as("waited for one second").isEqualTo(start + 1);
    }

    @Test
    void waitsOutASmallStepBackOfTheStoresClock() {
        time.advance(Duration.ofSeconds(40));
        long last = ids.next(1).last().value();
        time.jumpStore(Duration.ofSeconds(-8));
        lease.doWork();
        IdRun run = ids.next(1);
        assertThat(run.firstValue()).isEqualTo(last + 1);
        assertThat(run.first().second()).isEqualTo(time.second() + 2);
    }

    @Test
    void failsWithoutEffectWhenTheStoresClockWentBackByHours() {
        JobId last = ids.next(1).last();
        time.jumpStore(Duration.ofHours(-2));
        time.advance(Duration.ofSeconds(10));
        lease.doWork();
        long before = clock.nanoTime();
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> ids.next(1))
                .withMessageContaining("clock went back")
                .satisfies(e -> assertThat(e.effect()).isEqualTo(StoreException.Effect.NONE));
        assertThat(Duration.ofNanos(clock.nanoTime() - before)).isEqualTo(Duration.ofSeconds(10));

        time.jumpStore(Duration.ofHours(2));
        time.advance(Duration.ofSeconds(10));
        lease.doWork();
        assertThat(ids.next(1).first()).isGreaterThan(last);
    }

    @Test
    void followsTheStoresClockForwardsByHours() {
        ids.next(1);
        time.jumpStore(Duration.ofHours(7));
        time.advance(Duration.ofSeconds(10));
        lease.doWork();
        assertThat(ids.next(1).first().second()).isEqualTo(time.second());
    }

    @Test
    void goesOnAsSoonAsTheLeaseIsRenewed() {
        time.advance(Duration.ofMinutes(3));
        clock.onWait(lease::doWork);
        assertThat(ids.next(1).first().second()).isBetween(time.second() - 1, time.second());
    }

    @Test
    void isInterruptible() {
        time.advance(Duration.ofMinutes(3));
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> ids.next(1))
                .withCauseInstanceOf(InterruptedException.class)
                .satisfies(e -> assertThat(e.effect()).isEqualTo(StoreException.Effect.NONE));
        assertThat(Thread.interrupted()).isTrue();
    }

    /** Waits without an end of its own: only a signal goes on. */
    private static final class EndlessWait implements MonotonicClock {
        private final MonotonicClock clock;
        private final CountDownLatch waiting = new CountDownLatch(1);

        EndlessWait(MonotonicClock clock) {
            this.clock = clock;
        }

        @Override
        public long nanoTime() {
            return clock.nanoTime();
        }

        @Override
        @SuppressWarnings("WaitNotInLoop")
        public void await(Condition condition, long nanos) throws InterruptedException {
            waiting.countDown();
            condition.await();
        }
    }

    @Test
    void wakesWaitersWhenTheLeaseIsRenewedAndWhenItEnds() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            EndlessWait endless = new EndlessWait(clock);
            NodeLease other = NodeLease.acquire(new InMemoryControlStore(time), endless, SETTINGS);
            time.advance(Duration.ofMinutes(3));
            Future<IdRun> run = threads.submit(() -> other.ids().next(1));
            endless.waiting.await();
            other.doWork();
            assertThat(run.get().first().second()).isEqualTo(time.second());
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            EndlessWait endless = new EndlessWait(clock);
            NodeLease other = NodeLease.acquire(new InMemoryControlStore(time), endless, SETTINGS);
            time.advance(Duration.ofMinutes(3));
            Future<IdRun> run = threads.submit(() -> other.ids().next(1));
            endless.waiting.await();
            other.close();
            assertThatThrownBy(run::get).isInstanceOf(ExecutionException.class).hasMessageContaining("has stopped");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void givesEightThreadsDistinctRuns(boolean virtual) throws Exception {
        clock.onWait(lease::doWork);
        int threads = 8;
        try (ExecutorService pool =
                virtual ? Executors.newVirtualThreadPerTaskExecutor() : Executors.newFixedThreadPool(threads)) {
            List<Callable<List<IdRun>>> takers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                Random random = new Random(t);
                takers.add(() -> {
                    List<IdRun> runs = new ArrayList<>();
                    for (int i = 0; i < 20_000; i++) {
                        runs.add(ids.next(1 + random.nextInt(i % 100 == 0 ? IdSource.MOST : 50)));
                    }
                    return runs;
                });
            }
            RunLog log = new RunLog();
            for (Future<List<IdRun>> runs : pool.invokeAll(takers)) {
                long last = 0;
                for (IdRun run : runs.get()) {
                    assertThat(run.firstValue()).isGreaterThan(last);
                    last = run.last().value();
                    log.add(run);
                }
            }
            log.assertDistinct();
        }
    }

    @Test
    void drawsNoncesThatDoNotRepeat() {
        Set<Long> seen = new HashSet<>();
        Nonces nonces = new Nonces();
        Nonces others = new Nonces();
        for (int i = 0; i < 200_000; i++) {
            assertThat(seen.add(nonces.next())).isTrue();
            assertThat(seen.add(others.next())).isTrue();
        }
        long ones = seen.stream().mapToLong(Long::bitCount).sum();
        assertThat(ones / (double) seen.size()).isBetween(31.9, 32.1);
    }
}
