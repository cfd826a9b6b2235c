package dev.leat.api.store;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as it is in the store.
 *
 * @param lane as enqueued, or where it was moved by hand; so priority and payload
 * @param attempt attempts counted so far, with the one that runs now
 * @param maxAttempts as enqueued, or more if it was retried by hand
 * @param crashes times a worker died while it ran the job as the only suspect, since it was enqueued or retried by hand
 * @param dueAt for a scheduled or retryable job
 * @param startedAt of the attempt that runs now or was the last
 * @param worker node number of the worker that runs it now or ran it last
 * @param result of a completed job, if it has one
 * @param failure why it was discarded or cancelled
 * @param attempts earlier runs that did not end the job or that it was retried after, oldest first
 */
public record JobRecord(
        JobId id,
        Lane lane,
        JobState state,
        int priority,
        Payload payload,
        int attempt,
        int maxAttempts,
        int crashes,
        Instant createdAt,
        @Nullable Instant dueAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Integer worker,
        @Nullable Payload result,
        @Nullable Failure failure,
        List<AttemptRecord> attempts) {
    public JobRecord {
        attempts = List.copyOf(attempts);
    }

    /** What a list tells of it. */
    public JobHead head() {
        Failure last =
                failure == null && !attempts.isEmpty() ? attempts.getLast().failure() : failure;
        return new JobHead(
                id,
                lane,
                state,
                priority,
                attempt,
                maxAttempts,
                crashes,
                createdAt,
                dueAt,
                startedAt,
                finishedAt,
                worker,
                last == null ? null : last.message());
    }
}
