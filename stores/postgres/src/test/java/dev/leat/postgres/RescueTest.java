package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RescueTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - SECOND);
    private final Rescue rescue = new Rescue(clock::get);

    @Test
    void theFirstSearchAndEachAfterOneThatCameShortIsFromTheStart() {
        assertThat(rescue.isDue()).isTrue();
        rescue.cameShort(false);
        assertThat(rescue.isDue()).isFalse();
        rescue.cameShort(true);
        assertThat(rescue.isDue()).isTrue();
    }

    @Test
    void onABusyStoreThereIsOneEachSecond() {
        rescue.cameShort(false);
        clock.addAndGet(SECOND);
        assertThat(rescue.isDue()).isTrue();
        rescue.took(1);
        assertThat(rescue.isDue()).isFalse();
        clock.addAndGet(SECOND);
        assertThat(rescue.isDue()).isTrue();
    }

    @Test
    void theyTakeNoMoreThanATwentiethOfTheTime() {
        long searching = 0;
        for (int i = 0; i < 1_000; i++) {
            rescue.cameShort(true);
            if (rescue.isDue()) {
                searching += SECOND;
                clock.addAndGet(SECOND);
                rescue.took(SECOND);
            } else {
                clock.addAndGet(SECOND / 10);
            }
        }
        long elapsed = clock.get() - (Long.MAX_VALUE - SECOND);
        assertThat(searching).isBetween(elapsed / 25, elapsed / 20 + 4 * SECOND);
    }
}
