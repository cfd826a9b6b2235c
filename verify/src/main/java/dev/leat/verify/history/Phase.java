package dev.leat.verify.history;

import java.util.Locale;

/** How far a call has come. A call without an end counts as one that ended with {@link #INFO}. */
public enum Phase {
    /** It is about to be made. */
    INVOKE,
    /** It was answered. */
    OK,
    /** It has certainly changed nothing. */
    FAIL,
    /** It may have happened or not: its answer was lost. */
    INFO;

    private final String word = name().toLowerCase(Locale.ROOT);

    public String word() {
        return word;
    }
}
