package dev.leat.api.store;

import java.util.List;

/** The answers of {@link JobStore#settleAndClaim}. */
public record Turn(List<Settled> settled, Claimed claimed) {
    public Turn {
        settled = List.copyOf(settled);
    }
}
