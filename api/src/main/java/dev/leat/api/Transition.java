package dev.leat.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Every way a job changes state. {@code docs/state-machine.md} is generated from this list. */
public enum Transition {
    ENQUEUE(null, JobState.AVAILABLE, "enqueue", "due at once"),
    SCHEDULE(null, JobState.SCHEDULED, "enqueue", "due later"),
    PROMOTE(JobState.SCHEDULED, JobState.AVAILABLE, "promote", "its due time has come by the store's clock"),
    PROMOTE_RETRY(JobState.RETRYABLE, JobState.AVAILABLE, "promote", "its back-off has passed by the store's clock"),
    CLAIM(JobState.AVAILABLE, JobState.RUNNING, "claim", "a worker takes a lease on it; counts an attempt"),
    COMPLETE(JobState.RUNNING, JobState.COMPLETED, "settle: completed", "its lease is held"),
    RETRY(JobState.RUNNING, JobState.RETRYABLE, "settle: retry", "the attempt failed and attempts are left"),
    DISCARD(JobState.RUNNING, JobState.DISCARDED, "settle: discard", "the last attempt failed, or the handler gave up"),
    CANCEL(JobState.RUNNING, JobState.CANCELLED, "settle: cancelled", "the handler called it off"),
    SNOOZE(JobState.RUNNING, JobState.SCHEDULED, "settle: snooze", "the handler asks for later; costs no attempt"),
    RELEASE(JobState.RUNNING, JobState.AVAILABLE, "settle: release", "the worker stops; costs no attempt"),
    RECLAIM(
            JobState.RUNNING,
            JobState.AVAILABLE,
            "reclaim",
            "its lease ended; costs an attempt and a crash only if it ran as the only suspect"),
    RECLAIM_LAST(
            JobState.RUNNING,
            JobState.DISCARDED,
            "reclaim",
            "as above, and that was its last attempt or its third crash"),
    CANCEL_SCHEDULED(JobState.SCHEDULED, JobState.CANCELLED, "operate: cancel", "called off by hand before it ran"),
    CANCEL_AVAILABLE(JobState.AVAILABLE, JobState.CANCELLED, "operate: cancel", "called off by hand before it ran"),
    CANCEL_RETRYABLE(JobState.RETRYABLE, JobState.CANCELLED, "operate: cancel", "called off by hand between attempts"),
    RETRY_SCHEDULED(JobState.SCHEDULED, JobState.AVAILABLE, "operate: retry", "by hand, before its due time"),
    RETRY_RETRYABLE(
            JobState.RETRYABLE, JobState.AVAILABLE, "operate: retry", "by hand, before its back-off has passed"),
    RETRY_DISCARDED(
            JobState.DISCARDED,
            JobState.AVAILABLE,
            "operate: retry",
            "by hand; crashes count from 0 again, and there is at least one attempt more"),
    RETRY_CANCELLED(JobState.CANCELLED, JobState.AVAILABLE, "operate: retry", "as above"),
    RESCHEDULE_AVAILABLE(JobState.AVAILABLE, JobState.SCHEDULED, "operate: reschedule", "by hand, to a time to come"),
    RESCHEDULE_RETRYABLE(
            JobState.RETRYABLE,
            JobState.SCHEDULED,
            "operate: reschedule",
            "by hand, to a time to come; keeps its attempts"),
    RESCHEDULE_SCHEDULED_NOW(
            JobState.SCHEDULED, JobState.AVAILABLE, "operate: reschedule", "by hand, to a time that has come"),
    RESCHEDULE_RETRYABLE_NOW(
            JobState.RETRYABLE,
            JobState.AVAILABLE,
            "operate: reschedule",
            "by hand, to a time that has come; keeps its attempts and crashes");

    private final @Nullable JobState from;
    private final JobState to;
    private final String verb;
    private final String when;

    Transition(@Nullable JobState from, JobState to, String verb, String when) {
        this.from = from;
        this.to = to;
        this.verb = verb;
        this.when = when;
    }

    /** Empty for the ways into the first state. */
    public Optional<JobState> from() {
        return Optional.ofNullable(from);
    }

    public JobState to() {
        return to;
    }

    /** The store's verb that does it. */
    public String verb() {
        return verb;
    }

    /** The condition, as the rest of a sentence. */
    public String when() {
        return when;
    }
}
