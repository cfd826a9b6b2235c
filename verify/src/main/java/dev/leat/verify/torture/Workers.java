package dev.leat.verify.torture;

import org.jspecify.annotations.Nullable;

/** Whether any worker is there: while none is, nobody can run the jobs of those that died. Thread-safe. */
final class Workers {
    static final String NONE = "no-worker";

    private final Marks marks;
    private int ready;
    private Marks.@Nullable Mark none;

    Workers(Marks marks) {
        this.marks = marks;
    }

    /** One is ready for work. */
    synchronized void came() {
        ready++;
        if (none != null) {
            none.close();
            none = null;
        }
    }

    /** One that was ready is gone. */
    synchronized void gone() {
        ready--;
        if (ready == 0) {
            none = marks.broken("workers", NONE);
        }
    }
}
