package dev.leat.wire;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

@Doc("A job, as in a list.")
public record JobHeadView(
        JobId id,
        QueueName queue,
        KindName kind,
        JobState state,
        @Doc("0 (most urgent) to 9.") int priority,

        @Doc("Attempts counted so far, with the one that runs now.")
        int attempt,

        int maxAttempts,
        Instant createdAt,

        @Doc("When it may run, if it waits for that.") @Nullable
        Instant dueAt,

        @Doc("When the attempt that runs now, or the last one, started.") @Nullable
        Instant startedAt,

        @Nullable Instant finishedAt,

        @Doc("Why it failed last, in one sentence.") @Nullable
        String error) {}
