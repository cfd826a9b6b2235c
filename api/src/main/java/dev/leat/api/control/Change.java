package dev.leat.api.control;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One part of a {@link ControlStore#write}. */
public sealed interface Change {
    /** The version to expect of a record that must not exist. */
    long ABSENT = 0;

    /** A change of one record, made only if the record has the expected version. */
    sealed interface OfRecord extends Change {
        RecordKey key();

        long expected();
    }

    /**
     * Sets a record.
     *
     * @param expected the version it must have now, or {@link #ABSENT}
     * @param value JSON text without NUL or lone surrogates, 1 to {@link ControlStore#MAX_VALUE} characters
     */
    record Put(RecordKey key, long expected, String value) implements OfRecord {
        public Put {
            Checks.range("expected", expected, ABSENT, Long.MAX_VALUE);
            checkValue(value);
        }
    }

    /** Removes a record, which must have that version now. */
    record Delete(RecordKey key, long expected) implements OfRecord {
        public Delete {
            Checks.range("expected", expected, 1, Long.MAX_VALUE);
        }
    }

    /** Adds an entry to the end of a journal, which need not exist. */
    record Append(String journal, String entry) implements Change {
        public Append {
            Checks.name("journal", journal);
            checkValue(entry);
        }
    }

    /**
     * What every {@link ControlStore#write} checks first.
     *
     * @throws IllegalArgumentException if there are none or too many, or two name the same record
     */
    static void checkWrite(List<Change> changes) {
        Checks.range("changes", changes.size(), 1, ControlStore.MOST);
        Set<RecordKey> seen = new HashSet<>();
        for (Change change : changes) {
            if (change instanceof OfRecord of && !seen.add(of.key())) {
                throw new IllegalArgumentException("a write may name each record once: " + of.key());
            }
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
        boolean lone = value.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
        if (value.isEmpty() || value.indexOf('\0') >= 0 || lone) {
            throw new InvalidValueException(
                    "VALUE_INVALID", "value", "is empty or holds NUL or a lone surrogate", "JSON text");
        }
    }
}
