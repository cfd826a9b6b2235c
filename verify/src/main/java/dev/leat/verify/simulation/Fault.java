package dev.leat.verify.simulation;

import java.util.Locale;

/** What goes wrong in a simulated world. */
public enum Fault {
    /** A node ends without a word, and another takes its place. */
    KILL,
    /** A node stands still, and goes on later as if nothing had been. */
    STOP,
    /** No call of a node comes through. */
    PARTITION,
    /** A call is refused with nothing done. */
    REFUSED,
    /** A call does not arrive, and nobody can know. */
    REQUEST_LOST,
    /** A call is done, and nobody hears of it. */
    ANSWER_LOST,
    /** A call is given up by its caller, and arrives later. */
    REQUEST_LATE,
    /** A call arrives twice. */
    REQUEST_TWICE,
    /** The store's clock is set forward. */
    CLOCK_JUMP,
    /** A job kills whoever runs it. */
    POISON;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
