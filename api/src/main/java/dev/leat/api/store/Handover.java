package dev.leat.api.store;

import org.jspecify.annotations.Nullable;

/**
 * The answer of {@link JobStore#enqueueAndClaim}.
 *
 * @param lease of the job alone; null if it was not handed out
 */
public record Handover(Enqueued enqueued, @Nullable Lease lease) {
    public Handover {
        if (lease != null && !(enqueued instanceof Enqueued.Accepted)) {
            throw new IllegalArgumentException("a lease of a job that was not accepted: " + enqueued);
        }
    }
}
