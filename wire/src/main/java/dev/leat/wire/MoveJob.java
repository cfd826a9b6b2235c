package dev.leat.wire;

import dev.leat.api.InvalidValueException;
import dev.leat.api.QueueName;

@Doc("Where a job is to wait instead.")
public record MoveJob(
        @Doc("The queue; it need not have had a job before.")
        QueueName queue) {
    public MoveJob {
        if ((Object) queue == null) {
            throw new InvalidValueException("FIELD_MISSING", "queue", "is missing", "the name of a queue");
        }
    }
}
