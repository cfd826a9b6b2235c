package dev.leat.wire;

import dev.leat.api.InvalidValueException;

@Doc("Where a queue's new jobs are to go.")
public record RouteQueue(@Doc("The name of a backend.") String backend) {
    public RouteQueue {
        if ((Object) backend == null) {
            throw new InvalidValueException("FIELD_MISSING", "backend", "is missing", "the name of a backend");
        }
    }
}
