package dev.leat.verify.history;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one job so far. What is counted as possible was asked for, and either not answered yet or never; when an
 * answer comes it counts as done or not at all.
 */
final class JobTrace {
    final long id;

    /** How it was to be enqueued; null until then. */
    @Nullable
    Event asked;

    boolean accepted;
    /** Calls to enqueue it that may be accepted yet. */
    int possibleEnqueues;

    /** It may not be handed out before, by the store's clock. */
    long notBefore = Long.MIN_VALUE;

    /** The latest lease it was handed out under; left at once when it is settled for sure. */
    @Nullable
    LeaseTrace lease;

    /** Settlements under the latest token that may have been accepted. */
    int possibleSettles;

    final Tally completions = new Tally();
    final Tally discards = new Tally();
    final Tally cancels = new Tally();
    final Tally retriesByHand = new Tally();
    /** Settlements that cost an attempt. */
    final Tally attempts = new Tally();

    /** When the last retry by hand was answered. */
    long retriedAt = Long.MIN_VALUE;

    /** Runs alone as a suspect that were not settled for sure. */
    int unsettledAlone;

    /** When it must be handed out again, because its worker died; in calm time. */
    long wantedBy = Long.MAX_VALUE;

    /** Of the lease that it was settled under last. */
    long settledToken = Long.MIN_VALUE;

    boolean seenAtEnd;

    private int grants;
    private long[] answeredAt = new long[1];
    private long[] tokens = new long[1];

    JobTrace(long id) {
        this.id = id;
    }

    void grant(long at, long token) {
        if (grants == tokens.length) {
            tokens = Arrays.copyOf(tokens, grants * 2);
            answeredAt = Arrays.copyOf(answeredAt, grants * 2);
        }
        tokens[grants] = token;
        answeredAt[grants] = at;
        grants++;
    }

    int grants() {
        return grants;
    }

    boolean wasGranted(long token) {
        for (int i = 0; i < grants; i++) {
            if (tokens[i] == token) {
                return true;
            }
        }
        return false;
    }

    /** Whether a grant of a greater token than that was answered before then. */
    boolean wasGrantedGreater(long token, long before) {
        for (int i = 0; i < grants; i++) {
            if (tokens[i] > token && answeredAt[i] < before) {
                return true;
            }
        }
        return false;
    }

    boolean isLatest(long token) {
        return lease != null && lease.token == token;
    }

    /** How often something was done to a job. */
    static final class Tally {
        int done;
        int possible;

        int most() {
            return done + possible;
        }
    }
}
