package dev.leat.api.store;

import dev.leat.api.JobId;
import dev.leat.api.Payload;

/** One job in a {@link Lease}. */
public record Claim(JobId job, Payload payload, int maxAttempts) {}
