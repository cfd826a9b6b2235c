package dev.leat.engine.handler;

import dev.leat.api.JobId;

/**
 * The job cannot be completed by this run any more: its lease was lost, and another worker may be running it. Roll the transaction back;
 * nothing that this run did to the job counts.
 */
public final class LeaseLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Tells which job it is. */
    public LeaseLostException(JobId job) {
        super("job " + job
                + " was not completed: its lease is lost, and another worker may be running it; roll the transaction"
                + " back");
    }
}
