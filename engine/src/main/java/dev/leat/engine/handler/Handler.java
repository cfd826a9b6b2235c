package dev.leat.engine.handler;

import dev.leat.engine.codec.JsonException;

/**
 * Runs one job. Called on a virtual thread of its own, for many jobs at once, so it must be thread-safe; it may block.
 *
 * <p>Returning completes the job. Throwing fails the attempt: the job is tried again after its back-off, or discarded and
 * kept if it was the last. A {@link JobSignal} thrown says something else: snooze, discard, cancel.
 *
 * <p>A job can be handed out more than once (after a crash, a lost answer, a pause longer than its lease), so what a handler
 * does should be safe to do again, or be written to the jobs' own database in one transaction with the job's completion: {@link
 * JobContext#complete}. When the lease is lost, or the worker must stop, its thread is interrupted.
 */
@FunctionalInterface
public interface Handler<P> {
    void handle(P payload, JobContext job) throws Exception;

    /**
     * Says what becomes of a job whose payload cannot be read as the kind's type: it ends as if {@link #handle} had thrown what
     * this returns. As it stands the attempt fails, since another worker may know a newer form of the payload.
     */
    default RuntimeException unreadable(JsonException problem) {
        return problem;
    }
}
