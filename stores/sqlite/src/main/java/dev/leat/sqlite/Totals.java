package dev.leat.sqlite;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How many jobs each lane has in each {@link Slot}, as the writer knows it: what claims go by instead of looking where nothing is, and
 * what is stored in {@code total} at the end of each transaction. For the writer alone.
 */
final class Totals {
    private static final long[] NONE = new long[Slot.SLOTS];

    private final Map<Integer, long[]> byLane = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();

    void load(Session session) throws SQLException {
        session.query("totals").each(row -> {
            at(row.getInt("lane"))[row.getInt("slot")] = row.getLong("jobs");
            return true;
        });
    }

    long get(int lane, int slot) {
        return byLane.getOrDefault(lane, NONE)[slot];
    }

    /** All that can be claimed by whoever takes no suspects. */
    long available(int lane) {
        long sum = 0;
        long[] jobs = byLane.getOrDefault(lane, NONE);
        for (int priority = 0; priority < Slot.SUSPECT; priority++) {
            sum += jobs[priority];
        }
        return sum;
    }

    void add(int lane, int slot, long jobs) {
        if (jobs != 0) {
            at(lane)[slot] += jobs;
            changes.add(new Change(lane, slot, jobs));
        }
    }

    private long[] at(int lane) {
        return byLane.computeIfAbsent(lane, number -> new long[Slot.SLOTS]);
    }

    /** How far the changes of this transaction have come. */
    int mark() {
        return changes.size();
    }

    /** Undoes what was changed since. */
    void undoTo(int mark) {
        while (changes.size() > mark) {
            Change last = changes.removeLast();
            at(last.lane)[last.slot] -= last.jobs;
        }
    }

    /** Stores what this transaction changed. */
    void store(Session session) throws SQLException {
        record Place(int lane, int slot) {}
        Set<Place> changed = new HashSet<>();
        changes.forEach(change -> changed.add(new Place(change.lane, change.slot)));
        for (Place place : changed) {
            session.query("total_set")
                    .set("lane", place.lane)
                    .set("slot", place.slot)
                    .set("jobs", get(place.lane, place.slot))
                    .update();
        }
    }

    /** What was changed is committed. */
    void keep() {
        changes.clear();
    }

    private record Change(int lane, int slot, long jobs) {}
}
