package dev.leat.verify.torture;

import java.util.Locale;

/** What a process of the load does. */
public enum Role {
    PRODUCER,
    WORKER;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
