package dev.leat.api.store;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One run of a job that did not end it, or after which it was retried by hand.
 *
 * @param attempt its number; a run that cost no attempt shares its number with the next
 * @param failure of a failed run, or why a run ended its job
 */
public record AttemptRecord(
        LeaseId lease,
        int attempt,
        Ended ended,
        int worker,
        Instant startedAt,
        Instant endedAt,
        @Nullable Failure failure) {
    /** How the run ended. */
    public enum Ended {
        FAILED,
        SNOOZED,
        RELEASED,
        /** Its lease ended: the worker died, hung or lost the store. */
        LOST,
        /** It called the job off. */
        CANCELLED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
