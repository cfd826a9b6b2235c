package dev.leat.engine.handler;

import dev.leat.api.store.Failure;
import dev.leat.api.store.Outcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Thrown by a handler to end its attempt other than by success or failure: {@code throw JobSignal.snooze(ofHours(1))}. */
public final class JobSignal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Outcome outcome;

    private JobSignal(String message, Outcome outcome) {
        super(message, null, false, false);
        this.outcome = outcome;
    }

    /** Not now: run the job again after that time. Costs no attempt. */
    public static JobSignal snooze(Duration time) {
        return new JobSignal("snooze for " + time, new Outcome.Snooze(time));
    }

    /**
     * Failed: run the job again after that time instead of the kind's back-off, or give it up if this was its last attempt.
     *
     * @param time 0 to 3,650 days
     */
    public static JobSignal retry(Duration time, String reason) {
        return new JobSignal(reason, new Outcome.Retry(time, why(reason)));
    }

    /** Give up at once, whatever attempts are left; the job is kept as discarded. */
    public static JobSignal discard(String reason) {
        return new JobSignal(reason, new Outcome.Discard(why(reason)));
    }

    /** Call the job off. */
    public static JobSignal cancel(String reason) {
        return new JobSignal(reason, new Outcome.Cancelled(why(reason)));
    }

    /** A missing reason must not turn the signal into a failure. */
    private static Failure why(@Nullable String reason) {
        return Failure.of(reason == null || reason.isEmpty() ? "no reason given" : reason);
    }

    public Outcome outcome() {
        return outcome;
    }
}
