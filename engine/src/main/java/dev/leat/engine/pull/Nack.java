package dev.leat.engine.pull;

import dev.leat.api.Checks;
import dev.leat.api.store.Due;
import dev.leat.api.store.Failure;
import java.time.Duration;

/**
 * That a job was taken and not done.
 *
 * @param requeue whether it is to be tried again, if it has an attempt left; else it is discarded, and kept with the reason
 * @param after how long it waits before it is available again: 0 to {@link Due#MAX_DELAY}
 */
public record Nack(boolean requeue, Duration after, Failure reason) {
    public Nack {
        Checks.range("after", after, Duration.ZERO, Due.MAX_DELAY);
    }

    /** To be tried again at once. */
    public static Nack requeued(String reason) {
        return new Nack(true, Duration.ZERO, Failure.of(reason));
    }

    /** To be tried again after that time. */
    public static Nack requeued(String reason, Duration after) {
        return new Nack(true, after, Failure.of(reason));
    }

    /** Not to be tried again. */
    public static Nack discarded(String reason) {
        return new Nack(false, Duration.ZERO, Failure.of(reason));
    }
}
