package dev.leat.engine.kinds;

import dev.leat.api.Checks;

/**
 * The payload of a {@code sleep} job: waits, then completes.
 *
 * @param millis 0 to 3,600,000
 */
public record Sleep(Long millis) {
    static final long LONGEST = 3_600_000;

    /** Refuses what is not allowed with an {@link dev.leat.api.InvalidValueException}. */
    public Sleep {
        Checks.range("millis", Given.needed("millis", millis, "a whole number from 0 to " + LONGEST), 0, LONGEST);
    }

    /** What it leaves as its result. */
    record Slept(long sleptMillis) {}
}
