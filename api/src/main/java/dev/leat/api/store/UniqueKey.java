package dev.leat.api.store;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What at most one job of a lane holds at a time. A job holds the key from when it is accepted, in the lane that it is enqueued
 * to, until it has ended, or for a window.
 *
 * @param text 1 to 256 characters, kept as they are
 * @param window 1 s to 365 days from acceptance, by the store's clock and whatever becomes of the job; null: until the job has
 *     ended
 */
public record UniqueKey(String text, @Nullable Duration window) {
    public static final int LONGEST = 256;
    public static final Duration SHORTEST_WINDOW = Duration.ofSeconds(1);
    public static final Duration LONGEST_WINDOW = Duration.ofDays(365);

    public UniqueKey {
        int length = text.codePointCount(0, text.length());
        if (length < 1 || length > LONGEST || !text.codePoints().allMatch(UniqueKey::canBeKept)) {
            throw new InvalidValueException(
                    "UNIQUE_KEY_INVALID",
                    "unique_key",
                    "is " + Checks.shown(text),
                    "1 to " + LONGEST + " characters, none of them U+0000 or half a surrogate pair");
        }
        if (window != null) {
            Checks.range("unique_window", window, SHORTEST_WINDOW, LONGEST_WINDOW);
        }
    }

    private static boolean canBeKept(int c) {
        return c != 0 && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE);
    }

    /** Held until its job has ended: completed, discarded or cancelled. */
    public static UniqueKey untilEnded(String text) {
        return new UniqueKey(text, null);
    }

    /** Held for that long after acceptance. */
    public static UniqueKey within(Duration window, String text) {
        return new UniqueKey(text, window);
    }
}
