package dev.leat.engine.kinds;

import dev.leat.api.InvalidValueException;
import org.jspecify.annotations.Nullable;

/** What JSON did not give is null, whatever the record says. */
final class Given {
    private Given() {}

    static <T> T needed(String field, @Nullable T value, String allowed) {
        if (value == null) {
            throw new InvalidValueException("MISSING", field, "is missing", allowed);
        }
        return value;
    }

    static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
