package dev.leat.kv;

import dev.leat.api.JobState;

/** Where a job counts: numbers that are on disk, so none is ever given another meaning. Available jobs count by their priority, 0 to 9. */
final class Slot {
    static final int SUSPECT = 10;
    static final int SCHEDULED = 11;
    static final int RETRYABLE = 12;
    static final int RUNNING = 13;
    static final int COMPLETED = 14;
    static final int SLOTS = 17;

    private Slot() {}

    static int of(JobState state) {
        return switch (state) {
            case SCHEDULED -> SCHEDULED;
            case RETRYABLE -> RETRYABLE;
            case RUNNING -> RUNNING;
            case COMPLETED, DISCARDED, CANCELLED -> COMPLETED + end(state);
            case AVAILABLE -> throw new IllegalArgumentException("available jobs count by their priority");
        };
    }

    static JobState state(int slot) {
        return switch (slot) {
            case SCHEDULED -> JobState.SCHEDULED;
            case RETRYABLE -> JobState.RETRYABLE;
            case RUNNING -> JobState.RUNNING;
            default -> slot <= SUSPECT ? JobState.AVAILABLE : ended(slot - COMPLETED);
        };
    }

    /** The number of a final state on disk. */
    static int end(JobState state) {
        return switch (state) {
            case COMPLETED -> 0;
            case DISCARDED -> 1;
            case CANCELLED -> 2;
            case SCHEDULED, AVAILABLE, RUNNING, RETRYABLE ->
                throw new IllegalArgumentException(state + " is no state in which a job has ended");
        };
    }

    private static JobState ended(int number) {
        return switch (number) {
            case 0 -> JobState.COMPLETED;
            case 1 -> JobState.DISCARDED;
            case 2 -> JobState.CANCELLED;
            default -> throw new IllegalArgumentException("no state has the number " + number);
        };
    }
}
