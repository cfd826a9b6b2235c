package dev.leat.api;

import java.time.Duration;
import java.util.regex.Pattern;

/** The rules that more than one value obeys, each answering with the value or an {@link InvalidValueException}. */
public final class Checks {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
    private static final int SHOWN = 40;

    private Checks() {}

    /** A name: 1 to 63 characters of {@code a-z 0-9 . _ -}, the first a letter or digit. */
    public static String name(String field, String value) {
        if (!NAME.matcher(value).matches()) {
            throw new InvalidValueException(
                    "NAME_INVALID",
                    field,
                    "is " + shown(value),
                    "1 to 63 characters of a-z, 0-9, '.', '_' and '-', the first a letter or a digit");
        }
        return value;
    }

    /** A whole number in {@code min..max}, both included. */
    public static long range(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw new InvalidValueException(
                    "OUT_OF_RANGE", field, "is " + value, "a whole number from " + min + " to " + max);
        }
        return value;
    }

    /** A duration in {@code min..max}, both included. */
    public static Duration range(String field, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new InvalidValueException(
                    "OUT_OF_RANGE", field, "is " + value, "a duration from " + min + " to " + max);
        }
        return value;
    }

    /** The value as it may stand in a message: quoted, cut, and with control and invalid characters escaped. */
    public static String shown(String value) {
        StringBuilder text = new StringBuilder("\"");
        value.codePoints().limit(SHOWN).forEach(c -> {
            if (c < 0x20 || c > 0x7e) {
                text.append(String.format("\\u{%X}", c));
            } else {
                text.appendCodePoint(c);
            }
        });
        int length = value.codePointCount(0, value.length());
        return text.append('"')
                .append(length > SHOWN ? " ... (" + length + " characters)" : "")
                .toString();
    }
}
