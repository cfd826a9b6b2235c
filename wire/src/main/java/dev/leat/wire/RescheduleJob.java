package dev.leat.wire;

import dev.leat.api.InvalidValueException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

@Doc("When a job is to run instead. One of the two.")
public record RescheduleJob(
        @Doc("The earliest instant at which it runs; at once if it has passed.") @Nullable
        Instant runAt,

        @Doc("How long it waits from now before it may run, in milliseconds.") @Nullable
        Long delayMillis) {
    public RescheduleJob {
        if (runAt == null && delayMillis == null) {
            throw new InvalidValueException("FIELD_MISSING", "runAt", "is missing", "an instant, or delayMillis");
        }
        if (runAt != null && delayMillis != null) {
            throw new InvalidValueException(
                    "FIELDS_EXCLUDE_EACH_OTHER", "runAt", "is given together with delayMillis", "one of them");
        }
    }
}
