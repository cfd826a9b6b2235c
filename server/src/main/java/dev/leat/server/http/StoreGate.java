package dev.leat.server.http;

import dev.leat.wire.ApiException;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Lets a few requests at a time to each backend, so that workers, who extend their leases there, always find a connection. The
 * others wait in line on their own threads. Requests that concern several backends, or it is not known which, have places of
 * their own: so a backend that hangs holds up those, and those that concern it, and no others. Thread-safe.
 */
final class StoreGate {
    private final Map<String, Line> own = new HashMap<>();
    private final Line shared;
    private final Duration patience;

    /**
     * Nobody is inside at first.
     *
     * @param most who may be inside at the same moment, of each backend; not none
     * @param waiting who may wait in each line if there are several; more are refused at once
     * @param patience how long one waits
     */
    StoreGate(Map<String, Integer> most, int waiting, Duration patience) {
        this.patience = patience;
        if (most.size() == 1) {
            shared = new Line(Collections.max(most.values()), Integer.MAX_VALUE);
            most.keySet().forEach(backend -> own.put(backend, shared));
        } else {
            most.forEach((backend, places) -> own.put(backend, new Line(places, waiting)));
            shared = new Line(Math.max(1, Collections.min(most.values()) / 2), waiting);
        }
    }

    /**
     * Does something inside.
     *
     * @param backends those that it concerns, as far as is known
     * @param unwanted whether nobody waits for it any more; asked when its turn has come
     * @throws ApiException {@code SERVER_BUSY} if its turn did not come in time or is unwanted by then
     */
    <T> T call(Collection<String> backends, Supplier<T> work, BooleanSupplier unwanted) {
        Line line = backends.size() == 1 ? own.getOrDefault(backends.iterator().next(), shared) : shared;
        line.enter(patience);
        try {
            if (unwanted.getAsBoolean()) {
                throw Places.busy();
            }
            return work.get();
        } finally {
            line.places.release();
        }
    }

    /** How many wait in all lines, about. */
    int waiting() {
        return shared.places.getQueueLength()
                + own.values().stream()
                        .filter(line -> line != shared)
                        .mapToInt(line -> line.places.getQueueLength())
                        .sum();
    }

    /** Some places, and who waits for one of them. */
    private static final class Line {
        private final Semaphore places;
        private final Semaphore waiting;

        Line(int most, int waiting) {
            places = new Semaphore(most, true);
            this.waiting = new Semaphore(waiting);
        }

        void enter(Duration patience) {
            if (!waiting.tryAcquire()) {
                throw Places.busy();
            }
            try {
                if (!places.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                    throw Places.busy();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Places.busy();
            } finally {
                waiting.release();
            }
        }
    }
}
