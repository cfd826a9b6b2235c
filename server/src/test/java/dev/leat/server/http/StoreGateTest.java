package dev.leat.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.wire.ApiException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
        StoreGate gate = new StoreGate(2, Duration.ofMinutes(1));
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                int number = i;
                calls.add(threads.submit(() -> gate.call(
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
        StoreGate none = new StoreGate(0, Duration.ZERO);
        assertThatThrownBy(() -> none.call(() -> 1, () -> false)).isInstanceOf(ApiException.class);
        StoreGate one = new StoreGate(1, Duration.ZERO);
        assertThatThrownBy(() -> one.call(() -> 1, () -> true)).isInstanceOf(ApiException.class);
        assertThat(one.call(() -> 1, () -> false)).isEqualTo(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
