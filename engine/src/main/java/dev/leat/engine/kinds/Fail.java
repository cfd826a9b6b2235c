package dev.leat.engine.kinds;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import org.jspecify.annotations.Nullable;

/**
 * The payload of a {@code fail} job: fails with that message, and completes once its first attempts are over.
 *
 * @param message 1 to 1,000 characters
 * @param attempts how many attempts fail, 1 to 1,000; null for all
 */
public record Fail(String message, @Nullable Integer attempts) {
    private static final String ALLOWED = "a text of 1 to 1000 characters";

    /** Refuses what is not allowed with an {@link InvalidValueException}. */
    public Fail {
        String text = Given.needed("message", message, ALLOWED);
        if (text.isBlank() || text.length() > 1_000) {
            throw new InvalidValueException(
                    "MESSAGE_INVALID", "message", "has " + text.length() + " characters or none to see", ALLOWED);
        }
        if (attempts != null) {
            Checks.range("attempts", attempts, 1, 1_000);
        }
    }

    /** What it fails with. */
    static final class OnPurpose extends Exception {
        private static final long serialVersionUID = 1L;

        OnPurpose(String message) {
            super(message, null, false, false);
        }
    }
}
