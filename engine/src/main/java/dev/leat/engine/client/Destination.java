package dev.leat.engine.client;

import dev.leat.api.store.JobStore;

/**
 * A store that jobs are enqueued to.
 *
 * @param wake called after jobs were stored that may run at once
 * @param idleWorker gets jobs that are enqueued alone at once, while it is idle
 */
public record Destination(JobStore store, Runnable wake, IdleWorker idleWorker) {}
