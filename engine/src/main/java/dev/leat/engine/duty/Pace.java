package dev.leat.engine.duty;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * How long a runner waits between steps.
 *
 * @param idle after a step that found nothing to do, and at least this much of it by jitter: three quarters
 * @param firstBackoff after a step that failed; doubled with every further failure
 * @param longestBackoff the most of it
 */
public record Pace(Duration idle, Duration firstBackoff, Duration longestBackoff) {
    /** A step that found nothing waits that long; failures back off from 100 ms to 5 s. */
    public static Pace every(Duration idle) {
        return new Pace(idle, Duration.ofMillis(100), Duration.ofSeconds(5));
    }

    /** After {@link Duty#SOON}. */
    static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    long idleNanos(RandomGenerator random) {
        return (long) (idle.toNanos() * (0.75 + random.nextDouble() / 2));
    }

    /** From 1 to 2 ms, doubled with every further time, up to the pause of a step that found nothing. */
    long contendedNanos(int times, RandomGenerator random) {
        double grown = 1_000_000 * (1 + random.nextDouble()) * Math.pow(2, Math.min(times, 30) - 1.0);
        return (long) Math.min(grown, (double) idleNanos(random));
    }

    long backoffNanos(int failures, RandomGenerator random) {
        double grown = firstBackoff.toNanos() * Math.pow(2, Math.min(failures, 30) - 1.0);
        return (long) (Math.min(grown, (double) longestBackoff.toNanos()) * (0.5 + random.nextDouble() / 2));
    }
}
