package dev.leat.api.store;

/** Facet of a store that can remove jobs which ended long ago, so that its history does not grow for ever. */
public interface Prune {
    /**
     * Removes jobs that ended longer ago than they are kept: with their payload, result and attempts, as if they had never
     * been. Nothing else is ever removed: not a job that waits or runs, however old, and not one that ended since.
     *
     * <p>A job that is due to go is gone after some call of the next day, or of the next seventh of the time that completed jobs are
     * kept, if that is longer. Its id is then unknown: enqueued again, it is a new job.
     *
     * <p>A call does a bounded step, and delays nobody who enqueues for longer than a moment. It may be made on any number of
     * nodes at once, and again after a {@link dev.leat.api.StoreException}; if others are at it, or in the way, it does
     * nothing.
     *
     * @param max the most jobs to remove one by one, 1 to {@link JobStore#BATCH_JOBS}; of jobs that can be removed together
     *     there may be more
     */
    Pruned prune(Retention retention, int max);

    /** How many jobs would go if a pass over all that has ended began now. Removes nothing. */
    Pruned due(Retention retention);

    /** Has the next call begin such a pass, even if one has just ended. */
    void again();
}
