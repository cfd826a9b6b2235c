package dev.leat.api.control;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;

/** One part of a {@link ControlStore#write}. */
public sealed interface Change {
    /** The version to expect of a record that must not exist. */
    long ABSENT = 0;

    /**
     * Sets a record.
     *
     * @param expected the version it must have now, or {@link #ABSENT}
     * @param value JSON text without NUL, at most {@link ControlStore#MAX_VALUE} characters
     */
    record Put(RecordKey key, long expected, String value) implements Change {
        public Put {
            checkValue(value);
        }
    }

    /** Removes a record, which must have that version now. */
    record Delete(RecordKey key, long expected) implements Change {}

    /** Adds an entry to the end of a journal, which need not exist. */
    record Append(String journal, String entry) implements Change {
        public Append {
            Checks.name("journal", journal);
            checkValue(entry);
        }
    }

    private static void checkValue(String value) {
        if (value.length() > ControlStore.MAX_VALUE) {
            throw new InvalidValueException(
                    "VALUE_TOO_LARGE",
                    "value",
                    "has " + value.length() + " characters",
                    "at most " + ControlStore.MAX_VALUE);
        }
        if (value.isEmpty() || value.indexOf('\0') >= 0) {
            throw new InvalidValueException("VALUE_INVALID", "value", "is empty or holds NUL", "JSON text");
        }
    }
}
