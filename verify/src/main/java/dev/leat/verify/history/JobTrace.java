package dev.leat.verify.history;

import java.util.Arrays;
import java.util.Objects;
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

    /** It was handed out, so the store has it, whatever its caller was told. */
    boolean stored;

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
    /** Those of the completions that were part of a transaction of the handler's. */
    final Tally transactions = new Tally();

    final Tally discards = new Tally();
    final Tally cancels = new Tally();
    final Tally retriesByHand = new Tally();
    /** Settlements that cost an attempt. */
    final Tally attempts = new Tally();

    /** When the last retry by hand was answered. */
    long retriedAt = Long.MIN_VALUE;

    /** Where it may have been moved to, and what it may carry; null if it was never amended so. */
    private @Nullable Amendable queue;

    private @Nullable Amendable payload;
    private @Nullable Amendable priority;
    private @Nullable Amendable time;

    /** Reschedules that were asked for and not answered. */
    private int rescheduling;

    /** When the last reschedule was answered. */
    long rescheduledAt = Long.MIN_VALUE;

    /** When a retry of the job, which had ended by then, was asked for, and done. */
    long revivedAt = Long.MIN_VALUE;

    /** Calls to cancel it by hand that were asked for and not answered. */
    private int cancelling;

    /** Retries by hand that were done before the first of these was asked for. */
    private int retriesAtCancel;

    /** The state that it has ended in for sure; null if in none. */
    @Nullable
    String ended;

    private long endedAt;
    private int retriesAtEnd;

    /** Runs alone as a suspect that were not settled for sure. */
    int unsettledAlone;

    /** How often it came back from a run as a suspect and was handed out alone, with nothing in between that may have settled it. */
    int accusedInARow;

    /** It was a suspect when it was handed out last, and nothing has changed that for sure. */
    private boolean suspect;

    /** When it must be handed out again, because its worker died; in calm time. */
    long wantedBy = Long.MAX_VALUE;

    /** Of the lease that it was settled under last. */
    long settledToken = Long.MIN_VALUE;

    /** The state that it was in at the end; null if it was not seen. */
    @Nullable
    String found;

    /** That its handlers wrote with its completion, and that were there at the end. */
    int rows;

    private int grants;
    private long[] answeredAt = new long[1];
    private long[] tokens = new long[1];

    JobTrace(long id) {
        this.id = id;
    }

    void mayHaveBeenSettled() {
        accusedInARow = 0;
        suspect = false;
    }

    /** Whether it is handed out to run alone since it did not come back from its last run, and was no neighbour of another's there. */
    boolean isAccused(Event handedOut) {
        boolean accused = suspect && handedOut.suspect() && handedOut.size() == 1 && rescheduling == 0;
        suspect = handedOut.suspect();
        return accused;
    }

    /** An amendment is asked for. Gives a ticket for {@link #amended}. */
    int amending(Event event) {
        return switch (Objects.requireNonNullElse(event.word(), "")) {
            case "move" -> {
                queue = queue != null ? queue : new Amendable(asked == null ? "" : text(asked.queue()));
                yield queue.begins(text(event.queue()));
            }
            case "replace_payload" -> {
                payload = payload != null ? payload : new Amendable(asked == null ? "" : text(asked.sha256()));
                yield payload.begins(text(event.sha256()));
            }
            case "reprioritise" -> {
                priority = priority != null
                        ? priority
                        : new Amendable(asked == null ? "" : String.valueOf(asked.priority()));
                yield priority.begins(String.valueOf(event.priority()));
            }
            case "reschedule" -> {
                time = time != null ? time : new Amendable("");
                rescheduling++;
                notBefore = Long.MIN_VALUE;
                yield time.begins("");
            }
            default -> 0;
        };
    }

    /** An amendment was answered. */
    void amended(OpenCalls.Item item, boolean done, long at) {
        Event amendment = item.asked();
        switch (Objects.requireNonNullElse(amendment.word(), "")) {
            case "move" -> Objects.requireNonNull(queue).ends(item.ticket(), text(amendment.queue()), done, at);
            case "replace_payload" ->
                Objects.requireNonNull(payload).ends(item.ticket(), text(amendment.sha256()), done, at);
            case "reschedule" -> {
                rescheduling--;
                rescheduledAt = at;
                suspect = false;
                boolean last = Objects.requireNonNull(time).ends(item.ticket(), "", done, at);
                boolean retried = retriesByHand.possible > 0 || retriedAt > amendment.at();
                if (last && !retried) {
                    notBefore = amendment.after() > 0 && item.storeTime() != Long.MIN_VALUE
                            ? item.storeTime() + amendment.after()
                            : amendment.due() > 0 ? amendment.due() : Long.MIN_VALUE;
                }
            }
            case "reprioritise" ->
                Objects.requireNonNull(priority).ends(item.ticket(), String.valueOf(amendment.priority()), done, at);
            default -> {
                // Nothing that can be amended.
            }
        }
    }

    /** Whether somebody may have changed by hand, since then, when it is due. */
    boolean timeMayHaveChanged(long since) {
        return retriesByHand.possible > 0 || retriedAt > since || rescheduling > 0 || rescheduledAt > since;
    }

    /** Whether whoever asked for it then can have found it in this queue. */
    boolean mayBeIn(@Nullable String name, long since) {
        return queue == null ? asked != null && Objects.equals(asked.queue(), name) : queue.allows(text(name), since);
    }

    /** Whether whoever asked for it then can have found it with this payload. */
    boolean mayCarry(@Nullable String sha256, long since) {
        return payload == null
                ? asked != null && Objects.equals(asked.sha256(), sha256)
                : payload.allows(text(sha256), since);
    }

    /** Whether whoever asked for it then can have found it as urgent as this. */
    boolean mayHavePriority(int number, long since) {
        return priority == null
                ? asked != null && asked.priority() == number
                : priority.allows(String.valueOf(number), since);
    }

    private static String text(@Nullable String value) {
        return Objects.requireNonNullElse(value, "");
    }

    void cancelAsked() {
        retriesAtCancel = cancelling++ == 0 ? retriesByHand.done : Math.min(retriesAtCancel, retriesByHand.done);
    }

    void cancelAnswered() {
        cancelling--;
    }

    /** It was cancelled by hand. */
    void cancelled(long at) {
        ended("cancelled", at, retriesAtCancel);
    }

    /**
     * It has come to its end.
     *
     * @param retries by hand that were done when that was asked for
     */
    void ended(String state, long at, int retries) {
        ended = state;
        endedAt = at;
        retriesAtEnd = retries;
    }

    /** Whether the job had ended by then, and nobody can have revived it since. */
    boolean hadEnded(long by) {
        return ended != null && endedAt < by && retriesByHand.possible == 0 && retriesByHand.done == retriesAtEnd;
    }

    /** Whether the job had ended by then, and of the retries by hand only one that is under way can have revived it. */
    boolean endedBut(long by) {
        return ended != null && endedAt < by && retriesByHand.possible <= 1 && retriesByHand.done == retriesAtEnd;
    }

    /** Whether it was handed out, or ended, then or later. */
    boolean livedSince(long moment) {
        return (grants > 0 && answeredAt[grants - 1] >= moment) || (ended != null && endedAt >= moment);
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
