package dev.leat.kv;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How many jobs each lane has in each {@link Slot}, as the writer knows it: what claims go by instead of looking where nothing is, and
 * what is stored with each commit. For the writer alone.
 */
final class Totals {
    private static final long[] NONE = new long[Slot.SLOTS];

    private final Map<Integer, long[]> byLane = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();

    void load(Contents contents) {
        byLane.clear();
        changes.clear();
        contents.each(Keys.ALL_TOTALS, Keys.ALL_TOTALS, (key, content) -> {
            ByteBuffer place = Keys.behind(key, 1);
            at(place.getInt())[place.get()] = content.getLong();
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
        at(lane)[slot] += jobs;
        changes.add(new Change(lane, slot, jobs));
    }

    private long[] at(int lane) {
        return byLane.computeIfAbsent(lane, number -> new long[Slot.SLOTS]);
    }

    /** How far the changes since the last commit have come. */
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

    /** Has what was changed since the last commit stored with this one. */
    void put(Draft draft) {
        record Count(int lane, int slot) {}
        Set<Count> changed = new HashSet<>();
        changes.forEach(change -> changed.add(new Count(change.lane, change.slot)));
        for (Count count : changed) {
            draft.put(Keys.total(count.lane, count.slot), "", get(count.lane, count.slot));
        }
    }

    /** What was changed is committed. */
    void keep() {
        changes.clear();
    }

    private record Change(int lane, int slot, long jobs) {}
}
