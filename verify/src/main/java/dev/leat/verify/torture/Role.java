package dev.leat.verify.torture;

import java.util.Locale;

/** What a process of the load does. */
public enum Role {
    PRODUCER,
    /** Amends jobs by hand. */
    OPERATOR,
    WORKER;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
