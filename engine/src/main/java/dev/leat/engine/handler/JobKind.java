package dev.leat.engine.handler;

import dev.leat.api.Checks;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.api.store.NewJob;

/**
 * A kind of job: its stable name, the type of its payload, and the defaults of its jobs. Declared once, as a constant, and
 * shared by whoever enqueues and whoever handles it.
 *
 * <p>The name, not the class, is what is stored: classes can be renamed and moved, names never.
 *
 * @param payload what jobs of this kind carry, best a record; written as JSON
 * @param queue where they go unless the caller says otherwise
 * @param priority 0 (most urgent) to 9
 * @param maxAttempts 1 to 1,000
 * @param retry how long a failed job waits
 */
public record JobKind<P>(
        KindName name, Class<P> payload, QueueName queue, int priority, int maxAttempts, RetryPolicy retry) {
    public JobKind {
        Checks.range("priority", priority, 0, NewJob.MIN_PRIORITY);
        Checks.range("max_attempts", maxAttempts, 1, NewJob.MOST_ATTEMPTS);
    }

    /** In queue {@code default}, priority 4, 25 attempts, exponential back-off. */
    public static <P> JobKind<P> of(String name, Class<P> payload) {
        return new JobKind<>(
                new KindName(name),
                payload,
                QueueName.DEFAULT,
                NewJob.DEFAULT_PRIORITY,
                NewJob.DEFAULT_MAX_ATTEMPTS,
                RetryPolicy.DEFAULT);
    }

    public JobKind<P> in(String otherQueue) {
        return new JobKind<>(name, payload, new QueueName(otherQueue), priority, maxAttempts, retry);
    }

    public JobKind<P> withPriority(int other) {
        return new JobKind<>(name, payload, queue, other, maxAttempts, retry);
    }

    public JobKind<P> withMaxAttempts(int most) {
        return new JobKind<>(name, payload, queue, priority, most, retry);
    }

    public JobKind<P> withRetry(RetryPolicy policy) {
        return new JobKind<>(name, payload, queue, priority, maxAttempts, policy);
    }
}
