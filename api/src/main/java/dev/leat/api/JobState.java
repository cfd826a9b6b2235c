package dev.leat.api;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Where a job is in its life. {@link Transition} holds every way from one state to the next. */
public enum JobState {
    /** Waits for its due time. */
    SCHEDULED("scheduled"),
    /** Can be claimed now. */
    AVAILABLE("pending"),
    /** Is in a worker's lease. */
    RUNNING("processing"),
    /** Failed, and waits for its next attempt. */
    RETRYABLE("retrying"),
    /** One attempt's completion was accepted. Final. */
    COMPLETED("completed"),
    /** Gave up after its last attempt, or was told to; kept with the reason. Final. */
    DISCARDED("failed"),
    /** Was called off. Final. */
    CANCELLED("cancelled");

    private static final Set<JobState> FINAL = EnumSet.of(COMPLETED, DISCARDED, CANCELLED);

    private final String status;

    JobState(String status) {
        this.status = status;
    }

    /** The familiar word for the state, as the SQL view {@code leat.jobs} shows it. */
    public String status() {
        return status;
    }

    /** Whether nothing but an operator's hand moves the job out of this state. */
    public boolean isFinal() {
        return FINAL.contains(this);
    }

    /** The word for the state in JSON, SQL and on screens. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
