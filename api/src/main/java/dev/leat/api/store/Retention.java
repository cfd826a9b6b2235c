package dev.leat.api.store;

import dev.leat.api.InvalidValueException;
import dev.leat.api.JobState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long jobs that have ended are kept, counted from when they ended; null for ever.
 *
 * <p>At least a day, because for that long a call may ask again for a job that it enqueued. Jobs that were cancelled or given
 * up are kept at least as long as those that went well.
 *
 * @param completed 1 day to 3,650 days, or null
 * @param cancelled as {@code completed}, and no less than it
 * @param discarded as {@code completed}, and no less than it
 */
public record Retention(
        @Nullable Duration completed,
        @Nullable Duration cancelled,
        @Nullable Duration discarded) {
    public static final Duration LEAST = Duration.ofDays(1);
    public static final Duration MOST = Duration.ofDays(3_650);

    /** Completed and cancelled jobs 7 days, discarded ones 30. */
    public static final Retention DEFAULT = new Retention(Duration.ofDays(7), Duration.ofDays(7), Duration.ofDays(30));

    /** Nothing is ever removed. */
    public static final Retention FOREVER = new Retention(null, null, null);

    public Retention {
        check("completed", completed, LEAST);
        check("cancelled", cancelled, completed);
        check("discarded", discarded, completed);
    }

    /** @param least null for ever */
    private static void check(String field, @Nullable Duration kept, @Nullable Duration least) {
        if (kept == null) {
            return;
        }
        if (kept.compareTo(LEAST) < 0 || kept.compareTo(MOST) > 0) {
            throw invalid(field, "is " + kept, LEAST);
        }
        if (least == null || kept.compareTo(least) < 0) {
            throw invalid(field, "is " + kept + ", less than completed jobs are kept", least);
        }
    }

    private static InvalidValueException invalid(String field, String problem, @Nullable Duration least) {
        String allowed = least == null ? "never" : "never, or a duration from " + least + " to " + MOST;
        return new InvalidValueException("OUT_OF_RANGE", field, problem, allowed);
    }

    /**
     * How long a job is kept that ended so; null for ever.
     *
     * @param ended a state that is final
     */
    public @Nullable Duration of(JobState ended) {
        return switch (ended) {
            case COMPLETED -> completed;
            case CANCELLED -> cancelled;
            case DISCARDED -> discarded;
            case SCHEDULED, AVAILABLE, RUNNING, RETRYABLE ->
                throw new IllegalArgumentException(ended + " is no state in which a job has ended");
        };
    }
}
