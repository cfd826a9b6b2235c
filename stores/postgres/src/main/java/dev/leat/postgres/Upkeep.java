package dev.leat.postgres;

import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.store.Promoted;
import dev.leat.api.store.Reclaimed;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Moves jobs whose time has come. Searches go on where the last one had come to, as those of {@link Claims} do, and for the same
 * reason.
 */
final class Upkeep {
    /** So long after its time as a job usually becomes visible. */
    private static final Duration BEHIND = Duration.ofMillis(50);

    /** So many leases may be in the making at once. */
    private static final long LEASES_BEHIND = 1_000;

    private final Database database;
    private final Lanes lanes;
    private final Rescue ofPromotions = new Rescue(System::nanoTime);
    private final Rescue ofReclaims = new Rescue(System::nanoTime);
    private volatile OffsetDateTime promoted = OffsetDateTime.MIN;
    private volatile long oldestLease;
    private final Steps steps;

    Upkeep(Database database, Lanes lanes, Steps steps) {
        this.database = database;
        this.lanes = lanes;
        this.steps = steps;
    }

    Promoted promote(int max) {
        boolean fromStart = ofPromotions.isDue();
        Map<Integer, Integer> moved = promote(max, fromStart);
        if (moved.isEmpty() && !fromStart && ofPromotions.isAffordable()) {
            moved = promote(max, true);
        }
        ofPromotions.cameShort(
                moved.values().stream().mapToInt(Integer::intValue).sum() < max);
        return new Promoted(byLane(moved));
    }

    private Map<Integer, Integer> promote(int max, boolean fromStart) {
        Map<Integer, Integer> moved = new HashMap<>();
        long began = System.nanoTime();
        database
                .statement(connection -> database.call(connection, "promote")
                        .set("max_jobs", max)
                        .set("mark", fromStart ? OffsetDateTime.MIN : promoted)
                        .rows(row -> {
                            moved.put(row.getInt("lane"), row.getInt("jobs"));
                            return row.getObject("reached", OffsetDateTime.class);
                        }))
                .stream()
                .max(Comparator.naturalOrder())
                .ifPresent(reached -> promoted = reached.minus(BEHIND));
        if (fromStart) {
            ofPromotions.took(System.nanoTime() - began);
        }
        return moved;
    }

    Reclaimed reclaim(int max) {
        steps.addUpIfDue();
        boolean fromStart = ofReclaims.isDue();
        Map<Integer, Integer> back = new HashMap<>();
        Map<JobId, Lane> discarded = new HashMap<>();
        search(
                ofReclaims,
                fromStart,
                () -> database.statement(connection -> database.call(connection, "reclaim")
                        .set("max_leases", max)
                        .set("mark", fromStart ? 0 : oldestLease)
                        .rows(row -> {
                            long oldest = row.getLong("oldest");
                            if (!row.wasNull()) {
                                oldestLease = oldest - LEASES_BEHIND;
                                return false;
                            }
                            return row.getBoolean("discarded")
                                    ? discarded.put(new JobId(row.getLong("id")), lanes.lane(row.getInt("lane")))
                                    : back.merge(row.getInt("lane"), 1, Integer::sum);
                        })));
        ofReclaims.cameShort(false);
        return new Reclaimed(byLane(back), discarded);
    }

    private static <T> T search(Rescue rescue, boolean fromStart, Supplier<T> search) {
        long began = System.nanoTime();
        try {
            return search.get();
        } finally {
            if (fromStart) {
                rescue.took(System.nanoTime() - began);
            }
        }
    }

    private Map<Lane, Integer> byLane(Map<Integer, Integer> byNumber) {
        Map<Lane, Integer> byLane = new HashMap<>();
        byNumber.forEach((number, jobs) -> byLane.put(lanes.lane(number), jobs));
        return byLane;
    }
}
