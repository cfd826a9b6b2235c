package dev.leat.api;

import java.util.Comparator;

/**
 * Jobs of one tenant, queue and kind. A store interns each lane once; a worker claims by lane, so it is only ever handed
 * jobs whose kind it can run.
 */
public record Lane(TenantName tenant, QueueName queue, KindName kind) implements Comparable<Lane> {
    private static final Comparator<Lane> ORDER =
            Comparator.comparing(Lane::tenant).thenComparing(Lane::queue).thenComparing(Lane::kind);

    @Override
    public int compareTo(Lane other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return tenant + "/" + queue + "/" + kind;
    }
}
