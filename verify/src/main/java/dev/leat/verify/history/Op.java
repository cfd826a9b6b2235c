package dev.leat.verify.history;

import java.util.Locale;

/** What was done. */
public enum Op {
    ENQUEUE,
    CLAIM,
    SETTLE,
    RENEW,
    /** Cancelled by hand. */
    CANCEL,
    /** Retried by hand. */
    RETRY,
    /** Amended by hand. */
    AMEND,
    /** A job got a lease of its own. */
    SPLIT,
    /** A write that only the leader may make. */
    LEAD,
    /** Something was broken on purpose, or is whole again. */
    FAULT,
    /** What was in the store at the end. */
    FINAL,
    /** A row that a handler wrote with the completion of its job, as it was found at the end. */
    ROW;

    private final String word = name().toLowerCase(Locale.ROOT);

    public String word() {
        return word;
    }
}
