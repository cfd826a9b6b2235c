package dev.leat.wire;

import dev.leat.api.JobId;

@Doc("A job that is stored, durably: the one asked for, or the one that holds its unique key.")
public record EnqueuedJob(
        JobId id,

        @Doc("Accepted; duplicate if an earlier call had stored it; or held if the job was not stored, since the"
                + " job with this id holds its unique key.")
        EnqueueStatus status) {}
