package dev.leat.engine.client;

import dev.leat.api.StoreException;

/**
 * Jobs were sent to the store and its answer was lost: they may be stored, all or some of them. Enqueue {@link #prepared()}
 * again; what was stored is answered as a duplicate.
 */
public final class UnconfirmedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient PreparedJobs prepared;
    private final StoreException cause;

    UnconfirmedException(PreparedJobs prepared, StoreException cause) {
        super(
                "it is not known whether the jobs are stored; enqueue the prepared jobs again (" + cause.getMessage()
                        + ")",
                cause);
        this.prepared = prepared;
        this.cause = cause;
    }

    /** That all of a call's jobs may be stored, where this was said of a part of them. */
    UnconfirmedException in(PreparedJobs all) {
        return new UnconfirmedException(all, cause);
    }

    public PreparedJobs prepared() {
        return prepared;
    }
}
