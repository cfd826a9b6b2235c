package dev.leat.engine.handler;

import dev.leat.api.JobId;
import dev.leat.api.Lane;
import java.sql.Connection;

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

    /**
     * Completes the job in the transaction that is open on the handler's own connection to the database that the job is kept in: the
     * commit stores what the handler wrote there and the completion together, exactly once, and a roll-back neither. Commit before you
     * return: a run that returns with its transaction rolled back has failed. Once it is committed the job stays completed, whatever the
     * handler does then. The result is what {@link #result} was given before.
     *
     * <p>At isolation level repeatable read or serializable, call it before any other statement of the transaction. The
     * transaction may last longer than the lease. If its connection is neither committed nor closed the job waits for that.
     *
     * @throws LeaseLostException if the job is no longer this run's; roll back
     * @throws IllegalArgumentException if the connection is in auto-commit mode or leads to another database, or its
     *     transaction is too old
     * @throws IllegalStateException if another transaction that completes the job is still open, or the handler has ended
     * @throws dev.leat.api.AbsentCapabilityException if the store cannot take part in a caller's transaction
     * @throws dev.leat.api.StoreException if the store cannot be reached or refuses; roll back
     */
    void complete(Connection connection);

    /** As above, with this result, written as JSON. */
    void complete(Connection connection, Object result);
}
