package dev.leat.api.store;

import dev.leat.api.JobId;
import dev.leat.api.Lane;
import java.util.Map;

/**
 * What came back from leases that had ended.
 *
 * @param available how many jobs became available again, by lane
 * @param discarded the jobs that had no attempt or crash left, and their lanes
 */
public record Reclaimed(Map<Lane, Integer> available, Map<JobId, Lane> discarded) {
    public Reclaimed {
        available = Map.copyOf(available);
        discarded = Map.copyOf(discarded);
    }

    public int total() {
        return discarded.size()
                + available.values().stream().mapToInt(Integer::intValue).sum();
    }
}
