package dev.leat.engine.client;

import dev.leat.api.Checks;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Due;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What may be said about jobs when they are enqueued; what is null is as their kind says.
 *
 * @param priority 0 (most urgent) to 9
 * @param maxAttempts 1 to 1,000
 * @param uniqueKey if another job of the same queue and kind holds it, none is stored
 */
public record EnqueueOptions(
        TenantName tenant,
        @Nullable QueueName queue,
        @Nullable Integer priority,
        @Nullable Integer maxAttempts,
        Due due,
        @Nullable UniqueKey uniqueKey) {
    public EnqueueOptions {
        if (priority != null) {
            Checks.range("priority", priority, 0, NewJob.MIN_PRIORITY);
        }
        if (maxAttempts != null) {
            Checks.range("max_attempts", maxAttempts, 1, NewJob.MOST_ATTEMPTS);
        }
    }

    /** Tenant {@code main}, at once, and all else as the kind says. */
    public static final EnqueueOptions DEFAULT = new EnqueueOptions(TenantName.MAIN, null, null, null, Due.now(), null);

    public EnqueueOptions forTenant(String other) {
        return new EnqueueOptions(new TenantName(other), queue, priority, maxAttempts, due, uniqueKey);
    }

    public EnqueueOptions in(String otherQueue) {
        return new EnqueueOptions(tenant, new QueueName(otherQueue), priority, maxAttempts, due, uniqueKey);
    }

    public EnqueueOptions withPriority(int other) {
        return new EnqueueOptions(tenant, queue, other, maxAttempts, due, uniqueKey);
    }

    public EnqueueOptions withMaxAttempts(int most) {
        return new EnqueueOptions(tenant, queue, priority, most, due, uniqueKey);
    }

    /** Not before that time has passed, by the store's clock. */
    public EnqueueOptions after(Duration delay) {
        return new EnqueueOptions(tenant, queue, priority, maxAttempts, Due.after(delay), uniqueKey);
    }

    /** Not before that instant, by the store's clock. */
    public EnqueueOptions at(Instant instant) {
        return new EnqueueOptions(tenant, queue, priority, maxAttempts, Due.at(instant), uniqueKey);
    }

    /** Not if a job of the same tenant, queue and kind with this key has not ended yet. */
    public EnqueueOptions unique(String key) {
        return new EnqueueOptions(tenant, queue, priority, maxAttempts, due, UniqueKey.untilEnded(key));
    }

    /** Not if a job of the same tenant, queue and kind with this key was accepted less than its window ago; 1 s to 365 days. */
    public EnqueueOptions unique(String key, Duration window) {
        return new EnqueueOptions(tenant, queue, priority, maxAttempts, due, UniqueKey.within(window, key));
    }
}
