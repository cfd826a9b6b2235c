package dev.leat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreClockTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final StoreClock clock = new StoreClock();

    @Test
    void startsAtRealTimeAndAdvancesByWhatItIsTold() {
        Instant before = clock.instant();

        clock.advance(DAY);
        clock.advance(DAY);

        assertThat(clock.offset()).isEqualTo(DAY.multipliedBy(2));
        assertThat(Duration.between(before, clock.instant())).isBetween(DAY.multipliedBy(2), DAY.multipliedBy(3));
    }

    @Test
    void neverRunsBackwards() {
        assertThatThrownBy(() -> clock.advance(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);

        assertThat(clock.offset()).isZero();
    }

    @Test
    void isReadByManyThreadsWithoutRunningBackwards() throws Exception {
        List<Boolean> steady = Race.of(4, thread -> () -> {
            Instant last = clock.instant();
            for (int i = 0; i < 10_000; i++) {
                if (thread == 0 && i % 100 == 0) {
                    clock.advance(Duration.ofSeconds(1));
                }
                Instant now = clock.instant();
                if (now.isBefore(last)) {
                    return false;
                }
                last = now;
            }
            return true;
        });

        assertThat(steady).containsOnly(true);
    }

    @Test
    void tellsFollowersTheWholeOffsetAtOnceAndAfterEachAdvance() {
        List<Duration> heard = new ArrayList<>();
        clock.advance(DAY);

        clock.onAdvance(heard::add);
        clock.advance(DAY);
        clock.advance(Duration.ZERO);

        assertThat(heard).containsExactly(DAY, DAY.multipliedBy(2), DAY.multipliedBy(2));
    }
}
