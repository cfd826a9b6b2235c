package dev.leat.api.store;

import dev.leat.api.JobState;
import dev.leat.api.Lane;
import java.util.HashMap;
import java.util.Map;

/**
 * What a step of pruning removed.
 *
 * @param removed how many jobs, by lane and by the state in which they had ended
 * @param more whether another call would find something to do at once
 */
public record Pruned(Map<Lane, Map<JobState, Long>> removed, boolean more) {
    public static final Pruned NOTHING = new Pruned(Map.of(), false);

    public Pruned {
        Map<Lane, Map<JobState, Long>> copy = new HashMap<>();
        removed.forEach((lane, states) -> copy.put(lane, Map.copyOf(states)));
        removed = Map.copyOf(copy);
    }

    public long total() {
        return removed.values().stream()
                .flatMap(states -> states.values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }
}
