package dev.leat.wire;

import dev.leat.api.JobId;

@Doc("A job that is stored, durably.")
public record EnqueuedJob(
        JobId id,

        @Doc("Accepted, or duplicate if an earlier call had stored it.")
        EnqueueStatus status) {}
