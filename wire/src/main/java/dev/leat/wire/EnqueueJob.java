package dev.leat.wire;

import dev.leat.api.InvalidValueException;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

@Doc("A job to enqueue.")
public record EnqueueJob(
        @Doc("The queue it waits in; \"default\" if left out.") @Nullable
        QueueName queue,

        @Doc("The kind, which names the handler that runs it.")
        KindName kind,

        @Doc("Any JSON value, kept byte for byte; null if left out. At most 256 KiB.") @Nullable
        RawJson payload,

        @Doc("0 (most urgent) to 9; 4 if left out.") @Nullable
        Integer priority,

        @Doc("1 to 1,000; 25 if left out.") @Nullable Integer maxAttempts,

        @Doc("The earliest instant at which it runs. Not together with delayMillis.") @Nullable
        Instant runAt,

        @Doc("How long it waits before it may run, in milliseconds. Not together with runAt.") @Nullable
        Long delayMillis,

        @Doc("1 to 256 characters. While another job of the queue and kind holds this key, the job is not stored.")
        @Nullable
        String uniqueKey,

        @Doc("How long the job holds its key, in milliseconds: 1,000 to 31,536,000,000 (365 days) from now; until"
                + " the job has ended if left out. Only together with uniqueKey.")
        @Nullable
        Long uniqueMillis) {
    /** Refuses what no job can be without; everything else is checked where it is enqueued. */
    public EnqueueJob {
        if ((Object) kind == null) {
            throw new InvalidValueException("FIELD_MISSING", "kind", "is missing", "the name of a kind");
        }
        if (runAt != null && delayMillis != null) {
            throw new InvalidValueException(
                    "FIELDS_EXCLUDE_EACH_OTHER", "runAt", "is given together with delayMillis", "one of them");
        }
        if (uniqueMillis != null && uniqueKey == null) {
            throw new InvalidValueException(
                    "FIELD_MISSING", "uniqueKey", "is missing, but uniqueMillis is given", "both of them, or neither");
        }
    }
}
