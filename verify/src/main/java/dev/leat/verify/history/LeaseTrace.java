package dev.leat.verify.history;

import java.util.HashSet;
import java.util.Set;

/** What is known of one lease so far. */
final class LeaseTrace {
    final long token;
    final String process;
    final int size;
    final boolean suspect;
    final long lasting;

    /** By the store's clock. */
    final long start;

    /** When its worker asked for it, or for more time; far in the past once it knows that it is gone. */
    long askedAt;

    private boolean toBeConfirmed;

    /** It lives at least until then, by the store's clock, unless all its jobs leave it. */
    long until;

    /** Jobs that are in it for all that is known. */
    final Set<JobTrace> jobs = new HashSet<>();

    LeaseTrace(long token, String process, int size, boolean suspect, long lasting, long until) {
        this.token = token;
        this.process = process;
        start = until - lasting;
        this.size = size;
        this.suspect = suspect;
        this.lasting = lasting;
        this.until = until;
    }

    /** One that holds a job alone that was in this one, and is as long. */
    LeaseTrace split(long own) {
        LeaseTrace split = new LeaseTrace(own, process, size, suspect, lasting, until);
        split.askedAt = askedAt;
        split.toBeConfirmed = toBeConfirmed;
        return split;
    }

    /** Whether its worker, who gives it up after two thirds, counts on it then, and cannot have settled any of its jobs. */
    boolean isHeld(long at) {
        return !isGivenUp(at) && jobs.stream().noneMatch(job -> job.possibleSettles > 0);
    }

    private boolean isGivenUp(long at) {
        return at >= askedAt + lasting / 3 * 2;
    }

    /** Its worker has it; if that took long, only once it is confirmed by a renewal. */
    void handedOut(long asked, long answered) {
        askedAt = asked;
        toBeConfirmed = answered - asked >= lasting / 3;
    }

    /**
     * Its worker got more time, unless it had given it up before the answer came. It asks when a third of the time has passed; what is
     * asked sooner is a call that is made once more, whose answer nobody hears.
     */
    void renewed(long asked, long answered) {
        boolean wanted = asked - askedAt >= lasting / 3;
        if (toBeConfirmed || (wanted && !isGivenUp(answered))) {
            askedAt = asked;
            toBeConfirmed = false;
        }
    }

    boolean alone() {
        return suspect && size == 1;
    }
}
