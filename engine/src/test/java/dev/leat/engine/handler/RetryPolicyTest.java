package dev.leat.engine.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.InvalidValueException;
import dev.leat.api.store.Due;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {
    private final RandomGenerator random = new SplittableRandom(3);

    @Test
    void theWaitGrowsByTheFactorUpToTheCap() {
        assertThat(List.of(1, 2, 3, 11, 12, 13, 14, 25))
                .extracting(RetryPolicy.DEFAULT::longestAfter)
                .extracting(Duration::toSeconds)
                .containsExactly(1L, 2L, 4L, 1_024L, 2_048L, 3_600L, 3_600L, 3_600L);
    }

    @Test
    void whateverThePolicyNoWaitIsNegativeOrAboveItsCap() {
        for (int i = 0; i < 2_000; i++) {
            Duration cap = Duration.ofNanos(random.nextLong(Due.MAX_DELAY.toNanos() + 1));
            Duration first = Duration.ofNanos(random.nextLong(cap.toNanos() + 1));
            RetryPolicy policy = new RetryPolicy(first, 1 + random.nextDouble() * 99, cap, random.nextBoolean());
            for (int attempt : new int[] {1, 2, 3, 10, 64, 999, 1_000}) {
                Duration longest = policy.longestAfter(attempt);
                assertThat(longest).isBetween(Duration.ZERO, cap);
                assertThat(policy.after(attempt, random)).isBetween(Duration.ZERO, longest);
                assertThat(policy.longestAfter(attempt + 1)).isGreaterThanOrEqualTo(longest);
            }
        }
    }

    @Test
    void jitterIsSpreadEvenlyOverTheWholeWait() {
        int[] tenths = new int[10];
        for (int i = 0; i < 10_000; i++) {
            long nanos = RetryPolicy.DEFAULT.after(4, random).toNanos();
            tenths[(int) (nanos / 800_000_000)]++;
        }
        assertThat(Arrays.stream(tenths).boxed()).allMatch(count -> count > 800 && count < 1_200);
    }

    @Test
    void aFixedWaitIsAlwaysTheSame() {
        RetryPolicy policy = RetryPolicy.fixed(Duration.ofSeconds(7));
        assertThat(List.of(1, 2, 1_000))
                .extracting(attempt -> policy.after(attempt, random))
                .containsOnly(Duration.ofSeconds(7));
        assertThat(RetryPolicy.fixed(Duration.ZERO).after(1_000, random)).isZero();
    }

    @Test
    void nothingGrowsFromNothing() {
        RetryPolicy policy = new RetryPolicy(Duration.ZERO, 100, Duration.ofHours(1), true);
        assertThat(policy.longestAfter(1_000)).isZero();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.99, 100.01, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void aFactorOutOfRangeIsRefused(double factor) {
        assertThatThrownBy(() -> new RetryPolicy(Duration.ofSeconds(1), factor, Duration.ofHours(1), true))
                .isInstanceOfSatisfying(InvalidValueException.class, e -> {
                    assertThat(e.field()).isEqualTo("factor");
                    assertThat(e.allowed()).isEqualTo("a number from 1 to 100");
                });
    }

    @Test
    void waitsOutOfRangeAreRefused() {
        Duration second = Duration.ofSeconds(1);
        assertRefused("first", () -> new RetryPolicy(second.negated(), 2, second, true));
        assertRefused("first", () -> RetryPolicy.fixed(Due.MAX_DELAY.plusNanos(1)));
        assertRefused("first", () -> RetryPolicy.fixed(Duration.ofSeconds(Long.MAX_VALUE)));
        assertRefused("cap", () -> new RetryPolicy(second, 2, second.minusNanos(1), true));
        assertRefused("cap", () -> new RetryPolicy(second, 2, Due.MAX_DELAY.plusNanos(1), true));
    }

    private static void assertRefused(String field, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(InvalidValueException.class, e -> {
            assertThat(e.field()).isEqualTo(field);
            assertThat(e.allowed()).startsWith("a duration from ");
        });
    }
}
