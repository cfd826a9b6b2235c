package dev.leat.engine.client;

import dev.leat.api.Checks;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.store.Due;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.UniqueKey;
import org.jspecify.annotations.Nullable;

/**
 * A job that has no id yet. Its kind need not be declared here; whoever handles it may be another process.
 *
 * @param priority 0 (most urgent) to 9
 * @param maxAttempts 1 to 1,000
 */
public record JobDraft(
        Lane lane,
        Payload payload,
        int priority,
        int maxAttempts,
        Due due,
        @Nullable UniqueKey uniqueKey) {
    public JobDraft {
        Checks.range("priority", priority, 0, NewJob.MIN_PRIORITY);
        Checks.range("max_attempts", maxAttempts, 1, NewJob.MOST_ATTEMPTS);
    }
}
