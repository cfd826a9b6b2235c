package dev.leat.engine.client;

import dev.leat.api.JobId;

/** The answer to one enqueued job. */
public record Receipt(JobId id, Status status) {
    public enum Status {
        /** Durable, and will run. */
        ACCEPTED,
        /** Was accepted before; this is the same job. */
        DUPLICATE,
        /** Decided by the commit of the caller's transaction. */
        IN_TRANSACTION
    }
}
