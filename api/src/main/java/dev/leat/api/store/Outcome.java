package dev.leat.api.store;

import dev.leat.api.Checks;
import dev.leat.api.Payload;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How one attempt ended, and so what the store does with the job. */
public sealed interface Outcome {
    /** The job is done; its result, if any, is kept. */
    record Completed(@Nullable Payload result) implements Outcome {}

    /**
     * The attempt failed; the job becomes retryable, and is due that long after the store accepts this. The store does not
     * compare attempts: whether there is one left is for whoever settles.
     *
     * @param after 0 to {@link Due#MAX_DELAY}
     */
    record Retry(Duration after, Failure failure) implements Outcome {
        public Retry {
            Checks.range("after", after, Duration.ZERO, Due.MAX_DELAY);
        }
    }

    /** The job is given up and kept with its reason. */
    record Discard(Failure failure) implements Outcome {}

    /**
     * Not now: the job is scheduled that long after the store accepts this. Costs no attempt.
     *
     * @param after 0 to {@link Due#MAX_DELAY}
     */
    record Snooze(Duration after) implements Outcome {
        public Snooze {
            Checks.range("after", after, Duration.ZERO, Due.MAX_DELAY);
        }
    }

    /** The worker gives the job back, as when it stops; the job is available at once. Costs no attempt. */
    record Release() implements Outcome {}

    /** The job was called off, and is kept with the reason. */
    record Cancelled(Failure reason) implements Outcome {}
}
