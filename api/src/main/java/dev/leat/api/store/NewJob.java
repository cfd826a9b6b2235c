package dev.leat.api.store;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import org.jspecify.annotations.Nullable;

/**
 * A job on its way into a store.
 *
 * @param id taken by the client beforehand, so that asking again after a lost answer is safe
 * @param nonce drawn once per job by its producer; tells two jobs with equal content and, by mistake, one id apart
 * @param priority 0 (most urgent) to 9
 * @param maxAttempts 1 to 1,000
 * @param uniqueKey if another job of the lane holds it, this one is not stored; null for a job without
 */
public record NewJob(
        JobId id,
        long nonce,
        Lane lane,
        Payload payload,
        int priority,
        int maxAttempts,
        Due due,
        @Nullable UniqueKey uniqueKey) {
    public static final int DEFAULT_PRIORITY = 4;
    public static final int MIN_PRIORITY = 9;
    public static final int DEFAULT_MAX_ATTEMPTS = 25;
    public static final int MOST_ATTEMPTS = 1_000;

    public NewJob {
        Checks.range("priority", priority, 0, MIN_PRIORITY);
        Checks.range("max_attempts", maxAttempts, 1, MOST_ATTEMPTS);
    }

    /** One without a unique key. */
    public NewJob(JobId id, long nonce, Lane lane, Payload payload, int priority, int maxAttempts, Due due) {
        this(id, nonce, lane, payload, priority, maxAttempts, due, null);
    }
}
