package dev.leat.api.store;

import java.util.List;

/**
 * What a claim handed out: no lease if there was nothing to do.
 *
 * @param left whether to ask again
 */
public record Claimed(List<Lease> leases, Left left) {
    public static final Claimed NOTHING = new Claimed(List.of(), Left.NOTHING);
    public static final Claimed CONTENDED = new Claimed(List.of(), Left.CONTENDED);

    /** What else the claim could have handed out, had it been allowed more. */
    public enum Left {
        /**
         * Nothing: whatever is available next becomes so later, and is told like any other. Without a lease, as far as the store looked: a
         * poll finds the rest.
         */
        NOTHING,
        /** There may be more. */
        MORE,
        /** Nothing but what others were being handed at that moment; a millisecond or two later there may well be more. Without a lease. */
        CONTENDED
    }

    public Claimed {
        leases = List.copyOf(leases);
        if (left == Left.CONTENDED && !leases.isEmpty()) {
            throw new IllegalArgumentException("contended with " + leases.size() + " leases");
        }
    }

    public int jobs() {
        return leases.stream().mapToInt(lease -> lease.claims().size()).sum();
    }
}
