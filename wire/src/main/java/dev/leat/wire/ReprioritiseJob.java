package dev.leat.wire;

import dev.leat.api.InvalidValueException;

@Doc("How urgent a job is to be instead.")
public record ReprioritiseJob(@Doc("0 (most urgent) to 9.") Integer priority) {
    public ReprioritiseJob {
        if ((Object) priority == null) {
            throw new InvalidValueException("FIELD_MISSING", "priority", "is missing", "a whole number from 0 to 9");
        }
    }
}
