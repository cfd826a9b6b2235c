package dev.leat.verify.history;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** A clock that stands still while something is broken on purpose or suspects are run. */
final class CalmTime {
    private static final long NEVER = Long.MIN_VALUE;

    private int broken;
    private long calm;
    private long since = NEVER;

    /** Leases of suspects that a worker may be at work on: others may have to wait for them. */
    private final Map<Long, LeaseTrace> suspects = new HashMap<>();

    /** It runs from the first of these calls on. */
    void begins(long at) {
        since = since == NEVER ? at : since;
    }

    /** What it shows. */
    long at(long at) {
        return broken > 0 || !suspects.isEmpty() ? calm : calm + (at - since);
    }

    void breaks(long at) {
        settle(at);
        broken++;
    }

    void isMended(long at) {
        settle(at);
        broken--;
    }

    void suspectsRun(LeaseTrace lease, long at) {
        settle(at);
        suspects.put(lease.token, lease);
    }

    void suspectsGone(Set<Long> tokens, long at) {
        settle(at);
        suspects.keySet().removeAll(tokens);
    }

    /** Leases that ended before that, by the store's clock, are nobody's. */
    void suspectsEnd(long storeTime, long at) {
        settle(at);
        suspects.values().removeIf(lease -> lease.until < storeTime);
    }

    private void settle(long at) {
        calm = at(at);
        since = at;
    }
}
