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
    void theyTakeNoMoreThanAFiftiethOfTheTime() {
        long search = SECOND / 10;
        long began = clock.get();
        long searching = 0;
        for (int i = 0; i < 5_000; i++) {
            rescue.cameShort(true);
            clock.addAndGet(search);
            if (rescue.isDue()) {
                searching += search;
                rescue.took(search);
            }
        }
        long elapsed = clock.get() - began;
        assertThat(searching).isBetween(elapsed / 60, elapsed / 50 + SECOND);
    }

    @Test
    void noSearchKeepsTheNextAwayForMoreThanTwentySeconds() {
        rescue.took(100 * SECOND);
        clock.addAndGet(19 * SECOND);
        assertThat(rescue.isDue()).isFalse();
        clock.addAndGet(2 * SECOND);
        assertThat(rescue.isDue()).isTrue();
    }
}
