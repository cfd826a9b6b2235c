package dev.leat.wire;

@Doc("Whether this call stored the job, an earlier one had, or it was not stored since another job holds its unique"
        + " key.")
public enum EnqueueStatus {
    ACCEPTED,
    DUPLICATE,
    HELD
}
