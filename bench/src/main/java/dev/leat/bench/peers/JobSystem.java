package dev.leat.bench.peers;

import java.util.List;
import java.util.OptionalLong;

/** A library for background jobs, as far as it is measured, on a database of its own. */
interface JobSystem extends AutoCloseable {
    /** Makes its tables and gets ready to enqueue. */
    void install() throws Exception;

    /** Enqueues many jobs by the one call that is meant for it, and returns when they are durable. */
    void enqueueAll(List<Payload> payloads);

    /** Enqueues one job and returns when it is durable. Called by many threads. */
    void enqueue(Payload payload);

    /** Starts a worker in this process whose handler does nothing but tell the tally. */
    void start(Tally tally);

    /** Stops the worker in good order. It can be started again. */
    void stop();

    /** How many jobs have not ended, by what is committed in its tables. */
    long unfinished();

    /** How many jobs its tables remember as done; empty if it deletes those. */
    OptionalLong kept();

    @Override
    void close();
}
