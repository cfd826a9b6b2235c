package dev.leat.api.store;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.time.Duration;
import java.time.Instant;

/** When a job may first be claimed, judged by the store's clock alone; never early. */
public sealed interface Due {
    /** At once. */
    record Now() implements Due {}

    /**
     * That long after the store accepts the job.
     *
     * @param delay 0 to {@link #MAX_DELAY}
     */
    record After(Duration delay) implements Due {
        public After {
            Checks.range("delay", delay, Duration.ZERO, MAX_DELAY);
        }
    }

    /**
     * At that instant; at once if it has passed.
     *
     * @param instant from 2000-01-01T00:00:00Z to 9999-12-31T23:59:59Z
     */
    record At(Instant instant) implements Due {
        private static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");
        private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

        public At {
            if (instant.isBefore(FIRST) || instant.isAfter(LAST)) {
                throw new InvalidValueException(
                        "OUT_OF_RANGE", "due", "is " + instant, "an instant from " + FIRST + " to " + LAST);
            }
        }
    }

    /** The longest delay: 3,650 days. */
    Duration MAX_DELAY = Duration.ofDays(3650);

    static Due now() {
        return new Now();
    }

    static Due after(Duration delay) {
        return delay.isZero() ? new Now() : new After(delay);
    }

    static Due at(Instant instant) {
        return new At(instant);
    }
}
