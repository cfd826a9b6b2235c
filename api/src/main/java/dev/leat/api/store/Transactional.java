package dev.leat.api.store;

import dev.leat.api.JobId;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;

/**
 * Facet of a store that lives in the caller's own database: a job, or a job's completion, and the caller's data commit or roll back
 * together.
 */
public interface Transactional {
    /**
     * Writes new jobs in the transaction that is open on the caller's connection.
     *
     * <p>After: {@link Enqueued.InTransaction} for each job that the commit will store, else {@link Enqueued.Duplicate}, {@link
     * Enqueued.Clash} or {@link Enqueued.Held} as for {@link JobStore#enqueue}. The connection's settings are as before; nothing is
     * committed or rolled back, and no other connection waits for this transaction on the jobs' account, but for those that enqueue a
     * job with the same unique key: they wait for a moment and are then refused.
     *
     * <p>Nobody is woken by the commit: tell the engine, which tells other processes by {@link Wakeups}, or the jobs are found by the
     * next poll.
     *
     * @throws IllegalArgumentException if the connection is in auto-commit mode, or leads to another database or schema
     *     than the store's; with nothing written
     * @throws dev.leat.api.KeyBusyException if a key is being taken by another transaction; with nothing written, and this
     *     one as it was
     */
    List<Enqueued> enqueue(Connection connection, List<NewJob> jobs);

    /**
     * Moves a job out of its lease into a new one, in a short transaction of the store's own: so that a transaction which then
     * completes the job holds up nobody who settles or renews the other jobs.
     *
     * <p>After: the new lease has a greater id and holds this job alone; worker, attempt and end are those of the old one, which
     * holds the job no more and is gone if it was its last. Asked again by the id of the claim, the store hands out both. If the
     * answer is lost nobody may know the new lease, and the job comes back when that ends.
     *
     * @return the new lease; empty if the old one does not hold the job, with nothing changed
     */
    Optional<LeaseId> split(LeaseId lease, JobId job);

    /**
     * Completes a job in the transaction that is open on the caller's connection. The job must be alone in its lease: see {@link
     * #split}.
     *
     * <p>After {@link Settled.Answer#ACCEPTED} the commit completes the job, and a roll-back leaves it running under its lease, as does
     * the end of the connection. As long as the transaction is open the lease is held, whatever the time: it can be renewed and is not
     * reclaimed; settling it otherwise waits. After {@link Settled.Answer#STALE_LEASE} nothing was changed, and
     * the caller should roll back, since another worker may be doing the same. The connection's settings are as before.
     *
     * @param settlement with outcome {@link Outcome.Completed}
     * @throws IllegalArgumentException if the connection is in auto-commit mode, or leads to another database or schema
     *     than the store's, or its transaction sees the data as of before the lease was made; or if the outcome is another; with nothing
     *     written
     */
    Settled settle(Connection connection, Settlement settlement);

    /** How the completion of a job in a caller's transaction stands. Waits for no such transaction. */
    Completion completion(LeaseId lease, JobId job);

    /** Of a job in a lease of its own. */
    enum Completion {
        /** The lease holds the job: nobody has completed it, or the transaction was rolled back. */
        NONE,
        /** The lease holds the job, and a transaction which completes it has not ended yet. */
        OPEN,
        /** The job is completed. */
        COMMITTED,
        /** The lease is gone, and the job is not completed. */
        LOST
    }
}
