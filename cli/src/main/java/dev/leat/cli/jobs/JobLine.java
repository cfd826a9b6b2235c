package dev.leat.cli.jobs;

import dev.leat.api.InvalidValueException;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.wire.EnqueueJob;
import dev.leat.wire.RawJson;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A job as a line of a file says it: an {@link EnqueueJob} of which anything may be left out that the command line says. */
record JobLine(
        @Nullable QueueName queue,
        @Nullable KindName kind,
        @Nullable RawJson payload,
        @Nullable Integer priority,
        @Nullable Integer maxAttempts,
        @Nullable Instant runAt,
        @Nullable Long delayMillis,
        @Nullable String uniqueKey,
        @Nullable Long uniqueMillis) {

    /** Filled up from the command line. When it is to run is taken from one of the two, never mixed. */
    EnqueueJob job(JobLine standard) {
        boolean says = runAt != null || delayMillis != null;
        KindName named = or(kind, standard.kind);
        if (named == null) {
            throw new InvalidValueException(
                    "FIELD_MISSING", "kind", "is missing", "the name of a kind, here or on the command line");
        }
        return new EnqueueJob(
                or(queue, standard.queue),
                named,
                or(payload, standard.payload),
                or(priority, standard.priority),
                or(maxAttempts, standard.maxAttempts),
                says ? runAt : standard.runAt,
                says ? delayMillis : standard.delayMillis,
                or(uniqueKey, standard.uniqueKey),
                or(uniqueMillis, standard.uniqueMillis));
    }

    private static <T> @Nullable T or(@Nullable T first, @Nullable T second) {
        return first == null ? second : first;
    }
}
