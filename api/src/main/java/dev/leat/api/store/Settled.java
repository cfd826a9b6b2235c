package dev.leat.api.store;

import dev.leat.api.JobId;

/** The store's answer to one {@link Settlement}. */
public record Settled(LeaseId lease, JobId job, Answer answer) {
    public enum Answer {
        /** The outcome is durable in the store's class. */
        ACCEPTED,
        /** The lease no longer holds the job, or never did; nothing was changed. */
        STALE_LEASE
    }

    public boolean accepted() {
        return answer == Answer.ACCEPTED;
    }
}
