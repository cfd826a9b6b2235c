package dev.leat.api.store;

import java.util.List;

/** What a claim handed out: no lease if there was nothing to do. */
public record Claimed(List<Lease> leases) {
    public static final Claimed NOTHING = new Claimed(List.of());

    public Claimed {
        leases = List.copyOf(leases);
    }

    public int jobs() {
        return leases.stream().mapToInt(lease -> lease.claims().size()).sum();
    }
}
