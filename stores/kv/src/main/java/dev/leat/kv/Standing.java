package dev.leat.kv;

import dev.leat.api.JobId;

/**
 * What a job takes along from one place to the next.
 *
 * @param suspicion 0 none, 1 goes out with other suspects, 2 goes out alone
 */
record Standing(JobId id, int lane, int priority, int attempt, int maxAttempts, int crashes, int suspicion) {
    static final int TOGETHER = 1;
    static final int ALONE = 2;

    Standing withAttempt(int other) {
        return new Standing(id, lane, priority, other, maxAttempts, crashes, suspicion);
    }

    Standing withMaxAttempts(int other) {
        return new Standing(id, lane, priority, attempt, other, crashes, suspicion);
    }

    Standing in(int otherLane, int otherPriority) {
        return new Standing(id, otherLane, otherPriority, attempt, maxAttempts, crashes, suspicion);
    }

    Standing with(int otherCrashes, int otherSuspicion) {
        return new Standing(id, lane, priority, attempt, maxAttempts, otherCrashes, otherSuspicion);
    }

    /** As suspicious as others that never were in a lease that ended. */
    Standing cleared() {
        return with(crashes, 0);
    }
}
