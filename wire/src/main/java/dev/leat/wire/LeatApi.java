package dev.leat.wire;

import dev.leat.api.JobId;
import dev.leat.api.QueueName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of Leat from outside, whether over the network or in this process: the calls behind the HTTP API, the
 * command line and the screens. Thread-safe. Every method throws {@link ApiException} for what it refuses or cannot do.
 */
public interface LeatApi {
    /** The most jobs in one call of {@link #enqueue}. */
    int MOST_JOBS = 1_000;

    /**
     * Enqueues jobs, all or none; returns when they are durable.
     *
     * @param jobs 1 to {@link #MOST_JOBS}
     * @param idempotencyKey 1 to 255 printable ASCII characters, or null: within 24 hours a call with the same key and the
     *     same jobs answers as the first did, and one with other jobs is refused
     */
    EnqueueAnswer enqueue(List<EnqueueJob> jobs, @Nullable String idempotencyKey);

    JobView job(JobId id);

    JobPage jobs(JobFilter filter);

    /** Calls off a job that has not started; refused for one that runs or has ended. */
    JobView cancel(JobId id);

    /** Makes a job available now that was discarded or cancelled or waits for its time; refused for one that runs or is completed. */
    JobView retry(JobId id);

    /**
     * Has a job that waits run at another time. This and the other amendments are refused for one that runs or has ended, and
     * may be asked again.
     */
    JobView reschedule(JobId id, RescheduleJob change);

    /** Makes a job that waits more or less urgent. */
    JobView reprioritise(JobId id, ReprioritiseJob change);

    /** Has a job wait in another queue, for the same kind of handler. */
    JobView move(JobId id, MoveJob change);

    /** Has a job that waits carry something else. */
    JobView replacePayload(JobId id, ReplacePayload change);

    QueuePage queues(QueueFilter filter);

    /** Has no worker take jobs from the queue any more, within about two seconds. What runs goes on. May be asked again. */
    QueueView pause(QueueName queue);

    QueueView resume(QueueName queue);

    /**
     * Has the new jobs of a queue go into another backend, from some seconds later on; refused if that is not there, or lacks what the queue
     * needs. May be asked again.
     */
    QueueRoute route(QueueName queue, RouteQueue to);

    /** All backends, the store first. */
    List<BackendView> backends();

    /**
     * Takes jobs from a queue, for callers that run them by themselves; waits for one as long as is said. They come back, as after a crash,
     * if they are not settled before their lease ends.
     */
    DequeuedJobs dequeue(QueueName queue, DequeueJobs wanted);

    /** Says that jobs are done that were taken. Asked again, it answers false for those that it was told of before. */
    HandleAnswers ack(QueueName queue, AckJobs jobs);

    /** Says that jobs are not done that were taken. */
    HandleAnswers nack(QueueName queue, NackJobs jobs);

    /** Gives jobs back that were taken and not begun, which costs them no attempt. */
    HandleAnswers release(QueueName queue, ReleaseJobs jobs);

    /** Has jobs that were taken be the caller's for longer. */
    HandleAnswers extend(QueueName queue, ExtendJobs jobs);

    /**
     * Removes jobs that ended longer ago than they are kept, a part of them at a call: ask again with {@link PruneJobs#GO_ON} as long as there
     * are more. May be asked again; while a node is at it by itself there is nothing to do.
     */
    PruneAnswer prune(PruneJobs what);

    Stats stats();
}
