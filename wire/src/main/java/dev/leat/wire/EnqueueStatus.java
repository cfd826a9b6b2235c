package dev.leat.wire;

@Doc("Whether this call stored the job or an earlier one had.")
public enum EnqueueStatus {
    ACCEPTED,
    DUPLICATE
}
