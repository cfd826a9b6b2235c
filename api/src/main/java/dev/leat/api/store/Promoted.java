package dev.leat.api.store;

import dev.leat.api.Lane;
import java.util.Map;

/** How many jobs became available by a promotion, by lane. */
public record Promoted(Map<Lane, Integer> available) {
    public Promoted {
        available = Map.copyOf(available);
    }

    public int total() {
        return available.values().stream().mapToInt(Integer::intValue).sum();
    }
}
