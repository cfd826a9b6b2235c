package dev.leat.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sets of ids as PostgreSQL's int8multirange writes them: {@code {[1,4),[7,8)}}. */
final class Ranges {
    private final TreeMap<Long, Long> endByStart = new TreeMap<>();

    /**
     * Takes up these, of which it has none.
     *
     * @return whether there are any
     */
    boolean add(String text) {
        String inner = text.substring(1, text.length() - 1);
        if (inner.isEmpty()) {
            return false;
        }
        for (String range : inner.split("(?<=\\)),", -1)) {
            int comma = range.indexOf(',');
            endByStart.put(
                    Long.parseLong(range.substring(1, comma)),
                    Long.parseLong(range.substring(comma + 1, range.length() - 1)));
        }
        return true;
    }

    boolean contains(long id) {
        Map.Entry<Long, Long> range = endByStart.floorEntry(id);
        return range != null && id < range.getValue();
    }

    /**
     * Pairs that are merged where they touch.
     *
     * @param sorted ascending, none twice
     */
    static List<long[]> merge(List<Long> sorted) {
        List<long[]> merged = new ArrayList<>();
        for (long id : sorted) {
            long[] last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && last[1] == id) {
                last[1] = id + 1;
            } else {
                merged.add(new long[] {id, id + 1});
            }
        }
        return merged;
    }
}
