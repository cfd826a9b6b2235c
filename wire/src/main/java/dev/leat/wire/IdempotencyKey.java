package dev.leat.wire;

import dev.leat.api.InvalidValueException;

/**
 * By what a call that is made again is told from a new one: 1 to 255 printable ASCII characters without spaces. Others cannot be
 * sent in a header, where they would become question marks, and so one key of two.
 */
public record IdempotencyKey(String value) {
    private static final int LONGEST = 255;

    public IdempotencyKey {
        boolean printable = value.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (value.isEmpty() || value.length() > LONGEST || !printable) {
            throw new InvalidValueException(
                    "IDEMPOTENCY_KEY_INVALID",
                    "Idempotency-Key",
                    "is no key",
                    "1 to " + LONGEST + " printable ASCII characters without spaces");
        }
    }
}
