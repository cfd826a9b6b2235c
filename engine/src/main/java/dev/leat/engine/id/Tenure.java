package dev.leat.engine.id;

import dev.leat.api.JobId;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One holding of a node number: makes each id of its seconds at most once and none outside them.
 *
 * <p>The safety argument. The record of a number in the control store holds {@code until}. Two rules:
 *
 * <ol>
 *   <li>A holder makes an id only in a second that is at most an {@code until} which its own write to the record confirmed.
 *       So at every moment no id of the number has been or can be made in a second behind the record's {@code until}, by
 *       any holder.
 *   <li>A new holder starts behind the {@code until} of the record that its compare-and-set replaced. From that write on
 *       every write of an earlier holder fails, since it expects an older version.
 * </ol>
 *
 * <p>An id holds its second and its number. Hence what two holders of one number make differs in the second, whatever
 * their clocks do, however long a thread or a message was held up between. Clocks only decide when a number counts as free
 * and which of the allowed seconds comes next. Within one tenure a single compare-and-set on {@link #last} makes ids
 * distinct and increasing.
 *
 * <p>{@code until} may be lowered only by {@link #end}, which first makes sure that nothing more is made.
 */
final class Tenure {
    /** Answer of {@link #take}: not now. */
    static final long REFUSED = -1;

    /** How far an id's second may be ahead of the store's clock. */
    static final int MAX_AHEAD = 2;

    private static final long ENDED = -1;
    private static final int SECOND_SHIFT = 31;
    private static final long NODE_BITS = (long) JobId.MAX_NODE << 20;

    private final AtomicLong last;
    private volatile long until;

    /**
     * @param firstSecond greater than the {@code until} of the record that was replaced, and than every second in which
     *     this process has made ids; at least 1
     * @param until the last second, as the store confirmed it
     */
    Tenure(int number, long firstSecond, long until) {
        // As if all ids of the second before had been made.
        this.last = new AtomicLong(
                JobId.of(firstSecond - 1, number, JobId.MAX_COUNTER).value());
        this.until = until;
    }

    private Tenure() {
        this.last = new AtomicLong(ENDED);
    }

    /** A tenure in which nothing can be made. */
    static Tenure none() {
        return new Tenure();
    }

    /**
     * Takes ids that follow each other.
     *
     * @param now the second it is by the store's clock, as well as it is known
     * @return the value of the first, or {@link #REFUSED} if that cannot be done now
     */
    long take(int count, long now) {
        while (true) {
            long seen = last.get();
            long second = seen >>> SECOND_SHIFT;
            long first = seen + 1;
            if (second < now || (seen & JobId.MAX_COUNTER) + count > JobId.MAX_COUNTER) {
                second = Math.max(second + 1, now);
                first = (second << SECOND_SHIFT) | (seen & NODE_BITS);
            }
            // Before anything else looks at `first`: a second that does not fit into an id is greater than any `until`.
            if (seen == ENDED || second > until || second > now + MAX_AHEAD) {
                return REFUSED;
            }
            if (last.compareAndSet(seen, first + count - 1)) {
                return first;
            }
        }
    }

    /** Allows ids up to that second, which the store has confirmed; not less than before. */
    void extend(long confirmed) {
        until = confirmed;
    }

    long until() {
        return until;
    }

    boolean hasEnded() {
        return last.get() == ENDED;
    }

    /**
     * Makes every later {@link #take} fail, also one under way. Once only.
     *
     * @return the last second in which an id was made, or the one before the first
     */
    long end() {
        return last.getAndSet(ENDED) >>> SECOND_SHIFT;
    }
}
