package dev.leat.engine.client;

import dev.leat.api.StoreException;

/**
 * Jobs were sent to the store and its answer was lost: they may be stored, all or some of them. Enqueue {@link #prepared()}
 * again; what was stored is answered as a duplicate.
 */
public final class UnconfirmedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient PreparedJobs prepared;

    UnconfirmedException(PreparedJobs prepared, StoreException cause) {
        super(
                "it is not known whether the jobs are stored; enqueue the prepared jobs again (" + cause.getMessage()
                        + ")",
                cause);
        this.prepared = prepared;
    }

    public PreparedJobs prepared() {
        return prepared;
    }
}
