package dev.leat.verify.faults;

import java.time.Duration;

/**
 * What can happen to the connections between clients and a server. <em>Requests</em> are the bytes that clients send,
 * <em>replies</em> those of the server.
 *
 * <p>There is no duplicated reply: to a protocol of frames over TCP the same bytes twice are no fault that a network could
 * make, and only break the framing. A call that is made twice is a fault of whoever asks, and is made where calls are: at
 * the store.
 */
public sealed interface NetworkFault {
    /** The longest {@link Latency} and {@link Drip#pause}. */
    Duration LONGEST = Duration.ofMinutes(1);

    /**
     * Bytes arrive late, in both directions. What comes while others are on their way may wait twice as long.
     *
     * @param eachWay above zero and at most {@link #LONGEST}
     */
    record Latency(Duration eachWay) implements NetworkFault {
        public Latency {
            check("eachWay", eachWay);
        }
    }

    /**
     * Nobody listens: connecting is refused. Connections that stand are not touched; one that is just being made may be reset.
     */
    record Refusal() implements NetworkFault {}

    /** Every connection that stands is reset, once and at once. There is nothing to mend. */
    record Reset() implements NetworkFault {}

    /**
     * Every connection is reset when it has brought so many more bytes of replies, counted from now or from its beginning; so
     * in the midst of a frame, with a number below the frame's length.
     *
     * @param after 0 or more
     */
    record CutReplies(long after) implements NetworkFault {
        public CutReplies {
            if (after < 0) {
                throw new IllegalArgumentException("after must be 0 or more, not " + after);
            }
        }
    }

    /**
     * Connections stay, and can be made, but nothing comes through: each end sends, and what it sends is lost. So when this is
     * mended, every connection that lost something, or was made meanwhile, is reset.
     */
    record HalfOpen() implements NetworkFault {}

    /** Bytes are held back, not lost: they flow when this is mended. Connections can be made all the same. */
    record Partition(Side side) implements NetworkFault {}

    /** The server gets the requests and does what they ask; as it replies, the connection is reset without the reply. */
    record LostReplies() implements NetworkFault {}

    /** As a request comes, the connection is reset without it. */
    record LostRequests() implements NetworkFault {}

    /**
     * Bytes come one at a time, in both directions.
     *
     * @param pause between two bytes, above zero and at most {@link #LONGEST}
     */
    record Drip(Duration pause) implements NetworkFault {
        public Drip {
            check("pause", pause);
        }
    }

    /** What is held back. */
    enum Side {
        /** Requests. */
        IN,
        /** Replies. */
        OUT,
        BOTH
    }

    private static void check(String name, Duration duration) {
        if (!duration.isPositive() || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    name + " must be above zero and at most " + LONGEST + ", not " + duration);
        }
    }
}
