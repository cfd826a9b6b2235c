package dev.leat.api.store;

import dev.leat.api.Lane;
import java.time.Instant;
import java.util.List;

/**
 * A worker's right to run some jobs until a time, unless renewed. All jobs of a lease share lane, priority and attempt.
 *
 * @param attempt the number of the attempt that this lease is, from 1
 * @param suspect whether its jobs were in a lease whose worker died
 * @param expiresAt by the store's clock; until the lease is reclaimed after it, its holder may still settle and renew
 * @param claims 1 to {@link JobStore#LEASE_JOBS} jobs, by id
 */
public record Lease(
        LeaseId id, Lane lane, int priority, int attempt, boolean suspect, Instant expiresAt, List<Claim> claims) {
    public Lease {
        claims = List.copyOf(claims);
    }
}
