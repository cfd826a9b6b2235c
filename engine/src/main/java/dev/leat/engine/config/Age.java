package dev.leat.engine.config;

import dev.leat.api.InvalidValueException;
import java.time.Duration;
import java.util.Optional;

/**
 * The age at which something goes, written as a duration or as {@code never}.
 *
 * @param time none for never
 */
public record Age(Optional<Duration> time) {
    /** What {@link #parse} takes, for messages. */
    static final String FORM = Times.FORM + ", or never";

    private static final String NEVER = "never";

    public static Age parse(String text) {
        if (text.equals(NEVER)) {
            return new Age(Optional.empty());
        }
        try {
            return new Age(Optional.of(Times.parse(text)));
        } catch (InvalidValueException e) {
            throw new InvalidValueException("AGE_INVALID", "age", e.problem(), FORM);
        }
    }

    @Override
    public String toString() {
        return time.map(Times::shown).orElse(NEVER);
    }
}
