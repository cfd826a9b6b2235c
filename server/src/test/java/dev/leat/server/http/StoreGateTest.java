package dev.leat.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.wire.ApiException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StoreGateTest {
    @Test
    void onlyAsManyAsMayAreInsideAndTheOthersWait() throws Exception {
        StoreGate gate = gate(2, Duration.ofMinutes(1));
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                int number = i;
                calls.add(threads.submit(() -> gate.call(
                        Set.of(),
                        () -> {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            await(go);
                            inside.decrementAndGet();
                            return number;
                        },
                        () -> false)));
            }
            Awaitility.await().until(() -> gate.waiting() == 8 && inside.get() == 2);
            go.countDown();
            for (int i = 0; i < 10; i++) {
                assertThat(calls.get(i).get()).isEqualTo(i);
            }
        }
        assertThat(most).hasValue(2);
    }

    @Test
    void aCallWhoseTurnDoesNotComeOrIsNotWantedAnyMoreIsRefused() {
        StoreGate one = gate(1, Duration.ZERO);
        assertThatThrownBy(() -> one.call(Set.of(), () -> one.call(Set.of(), () -> 1, () -> false), () -> false))
                .isInstanceOf(ApiException.class);
        assertThatThrownBy(() -> one.call(Set.of(), () -> 1, () -> true)).isInstanceOf(ApiException.class);
        assertThat(one.call(Set.of(), () -> 1, () -> false)).isEqualTo(1);
    }

    @Test
    void whoIsAtOneBackendIsInTheWayOfNobodyElse() {
        StoreGate gate = new StoreGate(Map.of("default", 1, "archive", 1), 8, Duration.ZERO);

        assertThat(gate.<Integer>call(
                        Set.of("archive"),
                        () -> {
                            assertThatThrownBy(() -> gate.call(Set.of("archive"), () -> 1, () -> false))
                                    .isInstanceOf(ApiException.class);
                            return gate.call(
                                    Set.of("default", "archive"),
                                    () -> gate.call(Set.of("default"), () -> 7, () -> false),
                                    () -> false);
                        },
                        () -> false))
                .isEqualTo(7);
    }

    @Test
    void aLineIsBounded() {
        StoreGate gate = new StoreGate(Map.of("default", 1, "archive", 1), 0, Duration.ofMinutes(1));
        assertThatThrownBy(() -> gate.call(Set.of("default"), () -> 1, () -> false))
                .isInstanceOf(ApiException.class);
    }

    private static StoreGate gate(int most, Duration patience) {
        return new StoreGate(Map.of("default", most), 0, patience);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
