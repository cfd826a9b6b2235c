package dev.leat.api.store;

import dev.leat.api.JobId;
import dev.leat.api.TenantName;
import java.util.List;

/**
 * Facet of a store whose single jobs can be called off, run again and amended by hand.
 *
 * <p>Each job is judged alone and changed atomically: whatever claims, settles, promotes or takes back jobs meanwhile, none is
 * lost and none is doubled. A job that is being handed out at this moment is either changed or handed out. Ids that stand
 * twice in a list are judged one after the other. Every call may be made again after a {@link
 * dev.leat.api.StoreException}.
 */
public interface Operate {
    /** The attempts after which a job cannot be retried any more; enqueue a new one instead. */
    int MOST_ATTEMPTS = 10_000;

    /**
     * Calls jobs off that do not run.
     *
     * <p>A job that is scheduled, available (also as a suspect) or retryable is cancelled at once, with the reason as its
     * {@link JobRecord#failure}. In every other state it is {@link Operated.NotAllowed}; a running job is left to its worker.
     *
     * @param ids at most {@link JobStore#BATCH_JOBS}
     */
    List<Operated> cancel(TenantName tenant, List<JobId> ids);

    /**
     * Makes jobs available now, as if they had just become due.
     *
     * <p>A job that is discarded, cancelled, retryable or scheduled becomes available. Its crashes count from 0 again and it
     * is no suspect. If its attempts are used up it gets one more. The run that ended it joins its {@link
     * JobRecord#attempts} with the reason, and later leases have greater ids than all before. A job that is available is
     * {@link Operated.Done} with nothing changed.
     *
     * <p>{@link Operated.NotAllowed} are a job that is running; one that is completed, since that it can be but once; and one
     * that has used {@link #MOST_ATTEMPTS}.
     *
     * @param ids at most {@link JobStore#BATCH_JOBS}
     */
    List<Operated> retry(TenantName tenant, List<JobId> ids);

    /**
     * Changes jobs that wait: when they run, how urgent they are, in which queue they wait or what they carry.
     *
     * <p>A job that is scheduled, available (also as a suspect) or retryable is changed as the {@link Amendment} says. A
     * retryable job that is rescheduled is scheduled from then on; every other amendment leaves a job in its state, and a
     * suspect a suspect. Attempts, crashes, history and the greatest lease id stay as they are. A job that is already as
     * asked is {@link Operated.Done} with nothing changed, and keeps its place.
     *
     * <p>{@link Operated.NotAllowed} are a job that is running, whose worker has its payload and lane already, and one that
     * has ended, since that is history; to run it again with something else, {@link #retry} it first.
     *
     * <p>A job that was amended is still known by what it was enqueued with: the same {@link NewJob} again is {@link
     * Enqueued.Duplicate}, and one with what it carries now is {@link Enqueued.Clash}.
     *
     * @param ids at most {@link JobStore#BATCH_JOBS}; the amendment is the same for all
     */
    List<Operated> amend(TenantName tenant, List<JobId> ids, Amendment amendment);
}
