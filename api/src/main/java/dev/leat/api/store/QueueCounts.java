package dev.leat.api.store;

import dev.leat.api.JobState;
import dev.leat.api.QueueName;
import java.util.Map;

/**
 * How many jobs of a queue are in each state.
 *
 * @param counts a state without jobs may be missing
 */
public record QueueCounts(QueueName queue, Map<JobState, Long> counts) {
    public QueueCounts {
        counts = Map.copyOf(counts);
    }

    /** The jobs in a state, possibly 0. */
    public long in(JobState state) {
        return counts.getOrDefault(state, 0L);
    }
}
