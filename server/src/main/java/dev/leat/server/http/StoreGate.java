package dev.leat.server.http;

import dev.leat.wire.ApiException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Lets a few requests at a time to the store, so that workers, who extend their leases there, always find a connection. The
 * others wait in line on their own threads. Thread-safe.
 */
final class StoreGate {
    private final Semaphore places;
    private final Duration patience;

    /**
     * Nobody is inside at first.
     *
     * @param most who may be inside at the same moment
     * @param patience how long one waits
     */
    StoreGate(int most, Duration patience) {
        places = new Semaphore(most, true);
        this.patience = patience;
    }

    /**
     * Does something inside.
     *
     * @param unwanted whether nobody waits for it any more; asked when its turn has come
     * @throws ApiException {@code SERVER_BUSY} if its turn did not come in time or is unwanted by then
     */
    <T> T call(Supplier<T> work, BooleanSupplier unwanted) {
        try {
            if (!places.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw Places.busy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Places.busy();
        }
        try {
            if (unwanted.getAsBoolean()) {
                throw Places.busy();
            }
            return work.get();
        } finally {
            places.release();
        }
    }

    /** How many wait in line, about. */
    int waiting() {
        return places.getQueueLength();
    }
}
