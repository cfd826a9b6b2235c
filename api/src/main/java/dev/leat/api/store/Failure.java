package dev.leat.api.store;

import dev.leat.api.InvalidValueException;

/**
 * Why an attempt did not succeed. Text that no store can keep (NUL, lone surrogates) is replaced by U+FFFD, and what is
 * too long is cut, since an error about an error helps nobody.
 *
 * @param message one sentence, at most {@link #MESSAGE_CHARS} characters, not empty
 * @param detail such as a stack trace, at most {@link #DETAIL_CHARS} characters, possibly empty
 */
public record Failure(String message, String detail) {
    public static final int MESSAGE_CHARS = 1_000;
    public static final int DETAIL_CHARS = 16_000;

    public Failure {
        message = storable(message, MESSAGE_CHARS);
        detail = storable(detail, DETAIL_CHARS);
        if (message.isEmpty()) {
            throw new InvalidValueException("FAILURE_EMPTY", "message", "is empty", "a sentence that says what failed");
        }
    }

    public static Failure of(String message) {
        return new Failure(message, "");
    }

    private static String storable(String text, int limit) {
        StringBuilder kept = new StringBuilder(Math.min(text.length(), limit));
        for (int i = 0; i < text.length() && kept.length() < limit; ) {
            int c = text.codePointAt(i);
            boolean lone = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
            if (kept.length() + Character.charCount(c) > limit) {
                break;
            }
            kept.appendCodePoint(c == 0 || lone ? 0xFFFD : c);
            i += Character.charCount(c);
        }
        return kept.toString();
    }
}
