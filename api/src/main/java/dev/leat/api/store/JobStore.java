package dev.leat.api.store;

import dev.leat.api.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Keeps jobs and moves them between states, atomically and in batches; knows nothing of handlers, back-off or schedules.
 *
 * <p>Every store promises:
 *
 * <ul>
 *   <li><b>Nothing accepted is lost.</b> A job answered {@link Enqueued.Accepted} stays until it is settled with a final
 *       outcome or cancelled, and then stays as history, until it is old enough to be pruned ({@link Prune}).
 *   <li><b>Fencing.</b> A job is in at most one lease at a time. Lease ids only grow over a job's life, through every retry,
 *       release and reclaim, and are never reused. A settlement or renewal under a lease that no longer holds the job
 *       changes nothing.
 *   <li><b>One clock.</b> Due times and lease ends are judged by {@link #time()} alone, never by a caller's clock.
 *   <li><b>Idempotent asking again.</b> After a {@link StoreException} whose effect is unknown each call may be made again
 *       unchanged: enqueue by job id, claim by claim id, settle by lease and job.
 *   <li><b>Order of answers.</b> A list of answers has one answer per question, in the order of the questions.
 * </ul>
 *
 * <p>Delivery is at least once: a handler can run again after a crash or a lost answer. At most one completion per job is
 * accepted.
 *
 * <p><b>Suspects.</b> When leases end without being settled, their worker died or hung, and one of its jobs may be why. So
 * their jobs come back as suspects. The first time up to {@link #SUSPECTS_TOGETHER} of them go out in a lease of their own;
 * if that lease ends unsettled too, each of its remaining jobs goes out alone. Only a job whose lease ended while it was
 * handed out alone is charged a crash and an attempt; every other job gets its attempt back. A first lease of suspects that
 * happens to hold a single job charges nobody. A worker may hold one lease of suspects at a time, and its claim says so
 * ({@link ClaimRequest#suspects}); the store does not count them. A job that is settled with a retry or a snooze is no
 * longer a suspect, though its crashes stay counted; one that is released stays what it was.
 *
 * <p>Every method may throw {@link StoreException} when the store cannot be reached or used, and {@link
 * IllegalArgumentException} for a caller's slip, then with nothing changed. All methods may be called from any number of
 * threads and processes at once. No method waits for another caller longer than the store's own time-outs.
 */
public interface JobStore extends AutoCloseable {
    /** The most jobs in one lease. */
    int LEASE_JOBS = 256;

    /** The most jobs in one call of {@link #enqueue} or {@link #settle}. */
    int BATCH_JOBS = 10_000;

    /** The most suspects in one lease. */
    int SUSPECTS_TOGETHER = 16;

    /** The number of crashes at which a job is discarded. */
    int CRASH_LIMIT = 3;

    /** What this store can do. Does not change while it is open. */
    Capabilities capabilities();

    /** How the store is now; asks it, and answers {@link Health.Status#UNHEALTHY} instead of throwing. */
    Health health();

    /** The store's clock. */
    Instant time();

    /**
     * Stores new jobs: available, or scheduled if due later.
     *
     * <p>After: each answer is durable in the store's class. {@link Enqueued.Accepted}: stored by this call. {@link
     * Enqueued.Duplicate}: lane, payload and nonce equal those that the job with this id was enqueued with; nothing changed,
     * whatever became of that job since. {@link Enqueued.Clash}: they differ; nothing changed. {@link Enqueued.Held}: the job is new, and
     * another of its lane holds its {@link UniqueKey}; nothing changed. Ids and keys that stand twice in the list are judged one after
     * the other.
     *
     * <p>A key is judged by how its holder asked for it. If that was until it has ended, the key is free once its holder is completed,
     * discarded or cancelled, and taken again if the holder is retried by hand before somebody else took the key; a holder that is
     * retried later runs without it. If it was a window, the key is free from the window's end on. A job that is moved keeps its key in
     * the lane it was enqueued to.
     *
     * @param jobs at most {@link #BATCH_JOBS}
     * @throws dev.leat.api.KeyBusyException if a key is being taken by a transaction that has not ended; with nothing stored
     * @throws dev.leat.api.AbsentCapabilityException if a job has a unique key and the store has no {@link
     *     Capabilities.Capability#UNIQUE_KEY}; with nothing stored
     */
    List<Enqueued> enqueue(List<NewJob> jobs);

    /**
     * Hands out available jobs, each to exactly one worker until its lease ends.
     *
     * <p>After: the handed-out jobs are running under leases made for this claim, by the worker named, ending one lease
     * duration from now. Normal jobs come by priority, then in the order of the lanes asked for, then by the time they
     * became available; concurrent claims pass over each other's jobs instead of waiting. If suspects are allowed, one lease
     * of suspects is handed out first where there are any. Asked again with a claim id whose leases are still held, it hands
     * out what remains of those leases, with the same ids and ends, and nothing new; what was split off from them ({@link
     * Transactional#split}) comes under the leases it has now.
     *
     * <p>A claim may hand out less than it was asked for, and says then whether it may have left something; other claims at the same
     * moment may leave it nothing. Without others, an empty answer means that nothing was available.
     */
    Claimed claim(ClaimRequest request);

    /**
     * {@link #enqueue} of a job, which a store that can hands out in the same commit: for a worker of the process that enqueues, while it
     * has nothing else to do. Whether others wait that should come first is not looked at.
     *
     * <p>With a lease, the job is running as if it had been claimed by that request the moment it became available. Without one it is
     * what {@link #enqueue} makes of it: always if it was not accepted, is not due at once or has a unique key, and at the store's
     * discretion. After a lost answer, {@link #enqueue} of the same job tells what became of it, and then {@link #claim} by the same
     * request hands out the lease, if there is one.
     *
     * @param request one that was not sent before; the job's lane must be among its lanes
     */
    default Handover enqueueAndClaim(NewJob job, ClaimRequest request) {
        return new Handover(enqueue(List.of(job)).getFirst(), null);
    }

    /**
     * Ends attempts. Each settlement is judged alone: {@link Settled.Answer#ACCEPTED} if the lease held the job, else {@link
     * Settled.Answer#STALE_LEASE} with nothing changed.
     *
     * <p>After acceptance the job has left the lease, is in the state that its outcome says, and the attempt is in its
     * history. A lease is gone with its last job. Of two settlements of one job under one lease the first is accepted.
     *
     * @param settlements at most {@link #BATCH_JOBS}
     */
    List<Settled> settle(List<Settlement> settlements);

    /**
     * {@link #settle} and then {@link #claim}, as one atomic step where the store can. A job that is released by the call need
     * not be among those it claims.
     */
    Turn settleAndClaim(List<Settlement> settlements, ClaimRequest request);

    /**
     * Makes leases end one lease duration from now. By lease id and never by worker, so that a lease whose claim's answer was
     * lost is not kept alive by its worker's other leases.
     *
     * @param held at most {@link #BATCH_JOBS}
     * @param lease 100 ms to 1 day; may be shorter than what is left
     */
    List<Renewed> renew(List<LeaseId> held, Duration lease);

    /**
     * Makes jobs available whose due time has come, most overdue first. None is made available early.
     *
     * @param max the most jobs to move, 1 to {@link #BATCH_JOBS}; call again while that many were moved
     */
    Promoted promote(int max);

    /**
     * Takes back the jobs of leases that have ended, as suspects. A job that was handed out alone as a suspect is charged a
     * crash and its attempt, and is discarded, with the reason, if that was crash {@link #CRASH_LIMIT} or its last attempt;
     * every other job gets its attempt back and is available again.
     *
     * @param max the most leases to take back, 1 to {@link #BATCH_JOBS}; call again while any job came back
     */
    Reclaimed reclaim(int max);

    /**
     * A capability that not every store has, or empty. See {@link Inspect}, {@link Operate}, {@link Prune}, {@link Replay},
     * {@link Transactional} and {@link Wakeups}.
     */
    <T> Optional<T> feature(Class<T> facet);

    /** Releases what the store holds in this process. Jobs are not touched. May be called twice. */
    @Override
    void close();
}
