package dev.leat.api.store;

import java.util.List;

/**
 * What a claim handed out: no lease if there was nothing to do.
 *
 * @param contended whether it found nothing but what others were being handed at that moment, so that asking again a
 *     millisecond or two later may well find more; never with a lease
 */
public record Claimed(List<Lease> leases, boolean contended) {
    public static final Claimed NOTHING = new Claimed(List.of(), false);
    public static final Claimed CONTENDED = new Claimed(List.of(), true);

    public Claimed {
        leases = List.copyOf(leases);
        if (contended && !leases.isEmpty()) {
            throw new IllegalArgumentException("contended with " + leases.size() + " leases");
        }
    }

    public static Claimed of(List<Lease> leases) {
        return new Claimed(leases, false);
    }

    public int jobs() {
        return leases.stream().mapToInt(lease -> lease.claims().size()).sum();
    }
}
