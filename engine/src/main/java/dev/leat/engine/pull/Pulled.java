package dev.leat.engine.pull;

import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.Payload;
import dev.leat.api.store.LeaseId;
import java.time.Instant;

/**
 * A job that a caller has taken and holds until the end of its lease, to be acknowledged before.
 *
 * @param backend where the job is
 * @param attempt the number of this attempt, from 1
 * @param heldUntil by the store's clock
 */
public record Pulled(
        String backend,
        LeaseId lease,
        JobId job,
        KindName kind,
        int priority,
        int attempt,
        int maxAttempts,
        Payload payload,
        Instant heldUntil) {
    /** By what it is acknowledged. */
    public Handle handle() {
        return new Handle(backend, lease, job, attempt, maxAttempts);
    }
}
