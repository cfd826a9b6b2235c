package dev.leat.api.store;

import dev.leat.api.JobId;

/** The outcome of one job of a lease. */
public record Settlement(LeaseId lease, JobId job, Outcome outcome) {}
