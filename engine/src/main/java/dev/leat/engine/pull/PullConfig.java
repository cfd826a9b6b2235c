package dev.leat.engine.pull;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import dev.leat.api.KindName;
import dev.leat.api.store.ClaimRequest;
import dev.leat.engine.queue.TenantQueue;
import java.time.Duration;
import java.util.List;

/**
 * A queue as its callers take jobs from it.
 *
 * @param kinds of which jobs are taken, at least one; what is enqueued is of the first
 * @param lease how long what was taken is the caller's: 100 ms to 1 day
 */
public record PullConfig(TenantQueue of, List<KindName> kinds, Duration lease) {
    /** What jobs are whose kind nobody names. */
    public static final KindName MESSAGE = new KindName("message");

    public static final Duration LEASE = Duration.ofSeconds(30);
    private static final int MOST_KINDS = 100;

    public PullConfig {
        kinds = List.copyOf(kinds);
        Checks.range("kinds", kinds.size(), 1, MOST_KINDS);
        if (kinds.stream().distinct().count() < kinds.size()) {
            throw new InvalidValueException("KIND_TWICE", "kinds", "name a kind twice", "each kind once");
        }
        Checks.range("lease", lease, ClaimRequest.SHORTEST_LEASE, ClaimRequest.LONGEST_LEASE);
    }

    /** Jobs of kind {@code message}, each the caller's for 30 seconds. */
    public static PullConfig of(TenantQueue queue) {
        return new PullConfig(queue, List.of(MESSAGE), LEASE);
    }

    public PullConfig ofKinds(List<KindName> wanted) {
        return new PullConfig(of, wanted, lease);
    }

    public PullConfig withLease(Duration wanted) {
        return new PullConfig(of, kinds, wanted);
    }
}
