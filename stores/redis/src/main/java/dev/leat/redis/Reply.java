package dev.leat.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Instant;
import java.util.List;

/** Reads the answer of a script from left to right: numbers, bytes and lists of them. Not thread-safe. */
final class Reply {
    private final List<Object> values;
    private int at;

    Reply(List<Object> values) {
        this.values = values;
    }

    boolean hasMore() {
        return at < values.size();
    }

    int size() {
        return values.size();
    }

    Object next() {
        return values.get(at++);
    }

    int number() {
        return (int) longNumber();
    }

    /** A number, or its digits where it may be too large for a script. */
    long longNumber() {
        Object value = next();
        return value instanceof Long number ? number : Long.parseLong(new String((byte[]) value, US_ASCII));
    }

    Instant instant() {
        return Instant.ofEpochMilli(longNumber());
    }

    byte[] bytes() {
        return (byte[]) next();
    }

    String text() {
        return new String(bytes(), US_ASCII);
    }

    @SuppressWarnings("unchecked") // Lettuce reads a list of Redis as a list of objects
    Reply list() {
        return new Reply((List<Object>) next());
    }
}
