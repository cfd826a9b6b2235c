package dev.leat.engine.handler;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import dev.leat.api.store.Due;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a failed job waits for its next attempt: {@code first * factor^(attempt - 1)}, at most {@code cap}. With jitter the
 * wait is drawn evenly between nothing and that, so that jobs which failed together do not come back together.
 *
 * @param first 0 to 3,650 days
 * @param factor 1 to 100
 * @param cap at least {@code first}
 */
public record RetryPolicy(Duration first, double factor, Duration cap, boolean jitter) {
    /** 1 s, doubled with each attempt, at most 1 h, with jitter. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(Duration.ofSeconds(1), 2, Duration.ofHours(1), true);

    public RetryPolicy {
        Checks.range("first", first, Duration.ZERO, Due.MAX_DELAY);
        Checks.range("cap", cap, first, Due.MAX_DELAY);
        if (!(factor >= 1 && factor <= 100)) {
            throw new InvalidValueException("OUT_OF_RANGE", "factor", "is " + factor, "a number from 1 to 100");
        }
    }

    /** The same wait after every attempt. */
    public static RetryPolicy fixed(Duration wait) {
        return new RetryPolicy(wait, 1, wait, false);
    }

    /** The longest wait after that attempt, which is 1 for the first. */
    public Duration longestAfter(int attempt) {
        double nanos = toNanos(first) * Math.pow(factor, attempt - 1.0);
        return nanos >= toNanos(cap) ? cap : Duration.ofNanos((long) nanos);
    }

    /** The wait after that attempt. */
    public Duration after(int attempt, RandomGenerator random) {
        Duration longest = longestAfter(attempt);
        return jitter ? Duration.ofNanos((long) (toNanos(longest) * random.nextDouble())) : longest;
    }

    private static double toNanos(Duration duration) {
        return duration.toNanos();
    }
}
