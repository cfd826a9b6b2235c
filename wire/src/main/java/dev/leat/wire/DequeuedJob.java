package dev.leat.wire;

import dev.leat.api.JobId;
import dev.leat.api.KindName;
import java.time.Instant;

@Doc("A job that is the caller's until its lease ends.")
public record DequeuedJob(
        @Doc("By what the caller says what came of it.") String handle,
        JobId id,
        KindName kind,
        @Doc("0 (most urgent) to 9.") int priority,
        @Doc("The number of this attempt, from 1.") int attempt,
        int maxAttempts,
        Content payload,

        @Doc("When it is the caller's no more, unless it is extended.")
        Instant heldUntil) {}
