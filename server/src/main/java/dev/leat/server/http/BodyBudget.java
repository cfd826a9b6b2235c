package dev.leat.server.http;

import dev.leat.api.InvalidValueException;
import dev.leat.server.local.Problems;
import dev.leat.wire.ApiException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory the bodies of all requests in flight may take together. Nobody waits for it: a body that there is no room
 * for is refused, and its client comes again. Small bodies have a part of their own, so that they find room however many
 * large ones are on their way. Thread-safe.
 */
final class BodyBudget {
    /** The largest body that counts as small. */
    static final int SMALL = 64 * 1024;

    /**
     * How many times its length a body takes at the most: as it came, its payloads cut out of it, and these once more on
     * their way into the store.
     */
    static final int COST = 4;

    private final AtomicLong small;
    private final AtomicLong large;

    /**
     * Has room for one body of the largest size in any case.
     *
     * @param heap the most memory that the process may have; an eighth of it is for small bodies, a quarter for others
     * @param largest the bytes of the largest body
     */
    BodyBudget(long heap, long largest) {
        small = new AtomicLong(Math.max(heap / 8, (long) COST * SMALL));
        large = new AtomicLong(Math.max(heap / 4, COST * largest));
    }

    /**
     * Refuses a largest body that would take more than half of the memory alone.
     *
     * @throws InvalidValueException naming {@code server.max_body}
     */
    static void check(long heap, long largest) {
        long most = heap / 2 / COST;
        if (largest > most) {
            throw new InvalidValueException(
                    "OUT_OF_RANGE",
                    "server.max_body",
                    "is " + largest + " bytes, too much for a heap of " + heap + " bytes",
                    "up to " + most + " bytes, or a larger heap");
        }
    }

    /** Room for one body. */
    Share share() {
        return new Share();
    }

    private static boolean take(AtomicLong left, long bytes) {
        return left.getAndUpdate(now -> now >= bytes ? now - bytes : now) >= bytes;
    }

    /** What one body has of the budget; nothing at first. For one thread at a time. */
    final class Share implements AutoCloseable {
        private boolean isLarge;
        private long taken;
        private boolean closed;

        private AtomicLong pool(boolean ofLarge) {
            return ofLarge ? large : small;
        }

        /**
         * Has room for that many bytes from now on, or for as many as before if this throws.
         *
         * @throws ApiException {@code SERVER_BUSY} if there is not that much left
         */
        synchronized void growTo(long bytes) {
            boolean becomesLarge = isLarge || bytes > SMALL;
            long wanted = COST * bytes;
            long kept = becomesLarge == isLarge ? taken : 0;
            if (closed || wanted <= kept) {
                return;
            }
            if (!take(pool(becomesLarge), wanted - kept)) {
                throw busy();
            }
            pool(isLarge).addAndGet(taken - kept);
            isLarge = becomesLarge;
            taken = wanted;
        }

        /** Gives everything back. May be called twice. */
        @Override
        public synchronized void close() {
            closed = true;
            pool(isLarge).addAndGet(taken);
            taken = 0;
        }
    }

    private static ApiException busy() {
        return Problems.exception(
                503,
                "SERVER_BUSY",
                "The bodies of other requests take all the memory that there is for them. Nothing was changed; try"
                        + " again later.");
    }
}
