package dev.leat.verify.history;

import java.util.HashSet;
import java.util.Set;

/** What is known of one lease so far. */
final class LeaseTrace {
    final long token;
    final int size;
    final boolean suspect;
    final long lasting;

    /** It lives at least until then, by the store's clock, unless all its jobs leave it. */
    long until;

    /** Jobs that are in it for all that is known. */
    final Set<JobTrace> jobs = new HashSet<>();

    LeaseTrace(long token, int size, boolean suspect, long lasting, long until) {
        this.token = token;
        this.size = size;
        this.suspect = suspect;
        this.lasting = lasting;
        this.until = until;
    }

    boolean alone() {
        return suspect && size == 1;
    }
}
