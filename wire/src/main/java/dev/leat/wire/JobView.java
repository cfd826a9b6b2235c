package dev.leat.wire;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc("A job with everything known of it.")
public record JobView(
        JobId id,
        TenantName tenant,
        QueueName queue,
        KindName kind,
        JobState state,
        @Doc("0 (most urgent) to 9.") int priority,

        @Doc("Attempts counted so far, with the one that runs now.")
        int attempt,

        int maxAttempts,

        @Doc("How often a worker died while it ran this job alone.")
        int crashes,

        Instant createdAt,

        @Doc("When it may run, if it waits for that.") @Nullable
        Instant dueAt,

        @Doc("When the attempt that runs now, or the last one, started.") @Nullable
        Instant startedAt,

        @Nullable Instant finishedAt,

        @Doc("The number of the node that runs it now or ran it last.") @Nullable
        Integer worker,

        Content payload,

        @Doc("Of a completed job, if its handler left one.") @Nullable
        Content result,

        @Doc("Why it was discarded or cancelled.") @Nullable FailureView failure,

        @Doc("Earlier runs that did not end it, oldest first.")
        List<AttemptView> attempts) {}
