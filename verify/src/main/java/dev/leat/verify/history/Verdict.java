package dev.leat.verify.history;

import java.util.List;

/**
 * What a history shows.
 *
 * @param events read
 * @param jobs that somebody tried to enqueue
 * @param acknowledged of these, how many were accepted
 * @param completed jobs with an accepted completion
 * @param redeliveries claims of a job after its first
 * @param stale calls under a lease that had ended, and were refused as they must be
 * @param faults that were done
 * @param lost jobs that were acknowledged and are gone, or still wait after everything was given time to end
 * @param doubled jobs of which more than one completion was accepted
 * @param staleAccepted calls under an old lease that were accepted
 * @param violations the first of them, in the order in which they showed, at most {@link HistoryChecker#MOST_VIOLATIONS}
 * @param broken how many there were in all
 */
public record Verdict(
        long events,
        long jobs,
        long acknowledged,
        long completed,
        long redeliveries,
        long stale,
        long faults,
        long lost,
        long doubled,
        long staleAccepted,
        List<Violation> violations,
        long broken) {
    public Verdict {
        violations = List.copyOf(violations);
    }

    /** Whether every promise was kept. */
    public boolean holds() {
        return broken == 0;
    }
}
