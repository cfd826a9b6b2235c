package dev.leat.engine.duty;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final Pace PACE = new Pace(Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(5));

    @Test
    void pausesAreSpreadAQuarterAroundTheirLength() {
        RandomGenerator random = new SplittableRandom(1);
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < 10_000; i++) {
            long pause = PACE.idleNanos(random);
            least = Math.min(least, pause);
            most = Math.max(most, pause);
        }
        assertThat(least).isBetween(750_000_000L, 760_000_000L);
        assertThat(most).isBetween(1_240_000_000L, 1_250_000_000L);
    }

    @Test
    void backOffsDoubleUpToTheMostHoweverManyFailuresThereWere() {
        RandomGenerator random = new SplittableRandom(2);
        for (int failures : new int[] {1, 2, 3, 6, 7, 30, 31, 1_000, Integer.MAX_VALUE}) {
            long whole = Math.min(100_000_000L << Math.min(failures - 1, 20), 5_000_000_000L);
            for (int i = 0; i < 100; i++) {
                assertThat(PACE.backoffNanos(failures, random)).isBetween(whole / 2, whole);
            }
        }
    }
}
