package dev.leat.verify.history;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a part of a job may be, while amendments of it are asked for and answered. One that was done is known to be the last only
 * if no other was under way at the same time.
 */
final class Amendable {
    private final Set<String> ever = new HashSet<>();
    private final List<String> possible = new ArrayList<>();
    private Set<String> now = new HashSet<>();
    private int begun;
    private long knownSince = Long.MIN_VALUE;

    Amendable(String first) {
        ever.add(first);
        now.add(first);
    }

    /** An amendment is asked for. Gives a ticket, to be told when it is answered. */
    int begins(String value) {
        ever.add(value);
        boolean alone = possible.isEmpty();
        possible.add(value);
        begun++;
        return alone ? begun : -1;
    }

    /** One that was asked for is answered; whether it was done, and so was the last for sure. */
    boolean ends(int ticket, String value, boolean done, long at) {
        possible.remove(value);
        if (!done) {
            return false;
        }
        boolean last = ticket == begun && possible.isEmpty();
        if (last) {
            now = new HashSet<>();
            knownSince = at;
        }
        now.add(value);
        return last;
    }

    /** Whether a call that was asked then, and is answered now, can have found this. */
    boolean allows(String value, long asked) {
        return asked <= knownSince ? ever.contains(value) : now.contains(value) || possible.contains(value);
    }
}
