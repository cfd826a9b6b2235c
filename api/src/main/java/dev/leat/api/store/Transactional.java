package dev.leat.api.store;

import java.sql.Connection;
import java.util.List;

/** Facet of a store that lives in the caller's own database: a job and the caller's data commit or roll back together. */
public interface Transactional {
    /**
     * Writes new jobs in the transaction that is open on the caller's connection.
     *
     * <p>After: {@link Enqueued.InTransaction} for each job that the commit will store, else {@link Enqueued.Duplicate} or
     * {@link Enqueued.Clash} as for {@link JobStore#enqueue}. The connection's settings are as before; nothing is committed
     * or rolled back, and no other connection waits for this transaction on the jobs' account.
     *
     * <p>Nobody is woken by the commit: tell the engine, which tells other processes by {@link Wakeups}, or the jobs are found by the
     * next poll.
     *
     * @throws IllegalArgumentException if the connection is in auto-commit mode, or leads to another database or schema
     *     than the store's; with nothing written
     */
    List<Enqueued> enqueue(Connection connection, List<NewJob> jobs);
}
