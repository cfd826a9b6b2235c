package dev.leat.engine.config;

import dev.leat.api.InvalidValueException;
import java.util.List;

/** Checks of configuration records that say what they found as the file does. */
final class Bounds {
    private Bounds() {}

    /** A list with {@code min..max} items, both included. */
    static <T> List<T> items(String field, List<T> value, int min, int max) {
        if (value.size() < min || value.size() > max) {
            String found = value.isEmpty() ? "is empty" : "has " + value.size() + " items";
            throw new InvalidValueException("OUT_OF_RANGE", field, found, "a list of " + min + " to " + max + " items");
        }
        return List.copyOf(value);
    }

    /** A size in {@code min..max}, both included. */
    static ByteSize size(String field, ByteSize value, ByteSize min, ByteSize max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new InvalidValueException("OUT_OF_RANGE", field, "is " + value, "a size from " + min + " to " + max);
        }
        return value;
    }
}
