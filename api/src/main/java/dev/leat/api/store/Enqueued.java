package dev.leat.api.store;

import dev.leat.api.JobId;

/** The store's answer for one {@link NewJob}. */
public sealed interface Enqueued {
    JobId id();

    /** The job is durable in the store's class, and will run. */
    record Accepted(JobId id) implements Enqueued {}

    /** The very same job (lane, payload and nonce) was accepted before; nothing was changed, even if it was amended since. */
    record Duplicate(JobId id) implements Enqueued {}

    /** Another job has this id; the new one is not stored. A defect of whoever made the id. */
    record Clash(JobId id) implements Enqueued {}

    /** Not stored: another job holds the unique key. */
    record Held(JobId id, JobId holder) implements Enqueued {}

    /** Written in the caller's transaction, whose commit decides; the id is valid after it. */
    record InTransaction(JobId id) implements Enqueued {}
}
