package dev.leat.wire;

import dev.leat.api.store.AttemptRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

@Doc("An earlier run of a job, which did not end it.")
public record AttemptView(
        @Doc("Its number; a run that cost no attempt shares its number with the next.")
        int attempt,

        @Doc("How it ended.") AttemptRecord.Ended ended,
        @Doc("The number of the node that ran it.") int worker,
        Instant startedAt,
        Instant endedAt,
        @Nullable FailureView failure) {}
