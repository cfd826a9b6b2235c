package dev.leat.engine.client;

import dev.leat.api.Checks;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Due;
import dev.leat.api.store.NewJob;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What may be said about jobs when they are enqueued; what is null is as their kind says.
 *
 * @param priority 0 (most urgent) to 9
 * @param maxAttempts 1 to 1,000
 */
public record EnqueueOptions(
        TenantName tenant,
        @Nullable QueueName queue,
        @Nullable Integer priority,
        @Nullable Integer maxAttempts,
        Due due) {
    public EnqueueOptions {
        if (priority != null) {
            Checks.range("priority", priority, 0, NewJob.MIN_PRIORITY);
        }
        if (maxAttempts != null) {
            Checks.range("max_attempts", maxAttempts, 1, NewJob.MOST_ATTEMPTS);
        }
    }

    /** Tenant {@code main}, at once, and all else as the kind says. */
    public static final EnqueueOptions DEFAULT = new EnqueueOptions(TenantName.MAIN, null, null, null, Due.now());

    public EnqueueOptions forTenant(String other) {
        return new EnqueueOptions(new TenantName(other), queue, priority, maxAttempts, due);
    }

    public EnqueueOptions in(String otherQueue) {
        return new EnqueueOptions(tenant, new QueueName(otherQueue), priority, maxAttempts, due);
    }

    public EnqueueOptions withPriority(int other) {
        return new EnqueueOptions(tenant, queue, other, maxAttempts, due);
    }

    public EnqueueOptions withMaxAttempts(int most) {
        return new EnqueueOptions(tenant, queue, priority, most, due);
    }

    /** Not before that time has passed, by the store's clock. */
    public EnqueueOptions after(Duration delay) {
        return new EnqueueOptions(tenant, queue, priority, maxAttempts, Due.after(delay));
    }

    /** Not before that instant, by the store's clock. */
    public EnqueueOptions at(Instant instant) {
        return new EnqueueOptions(tenant, queue, priority, maxAttempts, Due.at(instant));
    }
}
