package dev.leat.api.store;

/**
 * The store's answer to one renewal.
 *
 * @param held false if the lease is gone: reclaimed, or all of its jobs are settled; the worker must stop what it still
 *     runs under it
 */
public record Renewed(LeaseId lease, boolean held) {}
