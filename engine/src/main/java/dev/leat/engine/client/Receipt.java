package dev.leat.engine.client;

import dev.leat.api.JobId;

/**
 * The answer to one enqueued job.
 *
 * @param id of the job; if it is held, of the job that holds its unique key
 */
public record Receipt(JobId id, Status status) {
    public enum Status {
        /** Durable, and will run. */
        ACCEPTED,
        /** Was accepted before; this is the same job. */
        DUPLICATE,
        /** Not stored: another job holds the unique key, whose id this is. */
        HELD,
        /** Decided by the commit of the caller's transaction. */
        IN_TRANSACTION
    }
}
