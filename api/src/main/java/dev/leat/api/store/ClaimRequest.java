package dev.leat.api.store;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.Lane;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * What a worker asks for.
 *
 * @param claimId made by the worker, new for each claim it wants; sent again when an answer was lost
 * @param worker the node number of the worker
 * @param lanes what it can run; of equally urgent jobs those of an earlier lane come first, and within a lane those that
 *     became available first
 * @param maxJobs 1 to {@link #MOST_JOBS}
 * @param maxBytes of payloads, at least 1; the first job is handed out even if it alone is larger
 * @param lease how long the leases last without renewal: 100 ms to 1 day
 * @param suspects whether suspects may be handed out; only to a worker that holds no lease of suspects
 */
public record ClaimRequest(
        UUID claimId, int worker, List<Lane> lanes, int maxJobs, long maxBytes, Duration lease, boolean suspects) {
    public static final int MOST_JOBS = 10_000;
    public static final Duration SHORTEST_LEASE = Duration.ofMillis(100);
    public static final Duration LONGEST_LEASE = Duration.ofDays(1);

    public ClaimRequest {
        lanes = List.copyOf(lanes);
        Checks.range("worker", worker, 0, JobId.MAX_NODE);
        Checks.range("max_jobs", maxJobs, 1, MOST_JOBS);
        Checks.range("max_bytes", maxBytes, 1, Long.MAX_VALUE);
        Checks.range("lease", lease, SHORTEST_LEASE, LONGEST_LEASE);
    }
}
