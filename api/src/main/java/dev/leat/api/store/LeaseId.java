package dev.leat.api.store;

/**
 * A lease's identity and its jobs' fencing token: of two leases that ever held a job, the later has the greater id. Never
 * reused.
 */
public record LeaseId(long value) implements Comparable<LeaseId> {
    @Override
    public int compareTo(LeaseId other) {
        return Long.compare(value, other.value);
    }
}
