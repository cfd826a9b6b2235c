package dev.leat.engine.handler;

import dev.leat.api.JobId;
import dev.leat.api.Lane;

/** The job that a handler runs, as far as the handler needs to know. May be used by any thread while the handler runs. */
public interface JobContext {
    JobId id();

    Lane lane();

    /** The number of this attempt, from 1. */
    int attempt();

    int maxAttempts();

    /**
     * Keeps a result with the job, written as JSON, if the attempt completes it. A later call replaces it.
     *
     * @throws IllegalArgumentException if it is larger than 256 KiB or cannot be written
     */
    void result(Object result);
}
