package dev.leat.verify.torture;

import java.util.Locale;

/** What a process of the load does. */
public enum Role {
    PRODUCER,
    /** Amends jobs by hand. */
    OPERATOR,
    WORKER,
    /** Everything, where one process alone has the store. */
    HOUSEHOLD;

    boolean works() {
        return this == WORKER || this == HOUSEHOLD;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
