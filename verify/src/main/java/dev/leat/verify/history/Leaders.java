package dev.leat.verify.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whose writes as the leader were accepted, and in which epochs. */
final class Leaders {
    private final Map<Long, String> firstOf = new HashMap<>();
    private long epoch = Long.MIN_VALUE;

    /** The latest in which a write was accepted. */
    long epoch() {
        return epoch;
    }

    /**
     * A write was accepted. Gives what was wrong about that.
     *
     * @param before the latest epoch when the write was asked for
     */
    List<String> wrote(Event event, long before) {
        List<String> wrong = new ArrayList<>();
        if (event.epoch() < before) {
            wrong.add("a write of " + event.process() + " in epoch " + event.epoch()
                    + " was accepted after one in epoch " + before);
        }
        epoch = Math.max(epoch, event.epoch());
        String first = firstOf.putIfAbsent(event.epoch(), event.process());
        if (first != null && !first.equals(event.process())) {
            wrong.add("writes of " + first + " and of " + event.process() + " were accepted in epoch " + event.epoch());
        }
        return wrong;
    }
}
