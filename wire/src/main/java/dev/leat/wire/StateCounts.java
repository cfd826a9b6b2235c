package dev.leat.wire;

import dev.leat.api.JobState;
import java.util.Map;

@Doc("How many jobs are in each state.")
public record StateCounts(
        long scheduled, long available, long running, long retryable, long completed, long discarded, long cancelled) {
    public static StateCounts of(Map<JobState, Long> counts) {
        return new StateCounts(
                counts.getOrDefault(JobState.SCHEDULED, 0L),
                counts.getOrDefault(JobState.AVAILABLE, 0L),
                counts.getOrDefault(JobState.RUNNING, 0L),
                counts.getOrDefault(JobState.RETRYABLE, 0L),
                counts.getOrDefault(JobState.COMPLETED, 0L),
                counts.getOrDefault(JobState.DISCARDED, 0L),
                counts.getOrDefault(JobState.CANCELLED, 0L));
    }

    public long of(JobState state) {
        return switch (state) {
            case SCHEDULED -> scheduled;
            case AVAILABLE -> available;
            case RUNNING -> running;
            case RETRYABLE -> retryable;
            case COMPLETED -> completed;
            case DISCARDED -> discarded;
            case CANCELLED -> cancelled;
        };
    }
}
