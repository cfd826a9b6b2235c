package dev.leat.server.http;

import com.linecorp.armeria.common.logging.RequestLogProperty;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.leat.server.local.Problems;
import dev.leat.wire.ApiException;
import io.netty.channel.Channel;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many requests may be worked on at once, from the moment they have come whole until their answers are written to the
 * last byte. Nobody waits for a place: a request that there is none for is refused, and its client comes again. Thread-safe.
 */
final class Places {
    private final Semaphore free;
    private final int perConnection;

    Places(int most, int perConnection) {
        free = new Semaphore(most);
        this.perConnection = perConnection;
    }

    /**
     * Refuses a request for which there would be no place if it had come whole by now.
     *
     * @throws ApiException {@code SERVER_BUSY}
     */
    void check() {
        if (free.availablePermits() == 0) {
            throw busy();
        }
    }

    /**
     * Gives a request a place until it has ended in whatever way.
     *
     * @throws ApiException {@code SERVER_BUSY} if there is none
     */
    void take(ServiceRequestContext context) {
        Channel channel =
                context.log().ensureAvailable(RequestLogProperty.SESSION).channel();
        if (channel == null) {
            throw busy();
        }
        AtomicInteger ofConnection = HeadTimeout.Requests.of(channel).working;
        if (ofConnection.incrementAndGet() > perConnection || !free.tryAcquire()) {
            ofConnection.decrementAndGet();
            throw busy();
        }
        var _ = context.log().whenComplete().thenAccept(done -> {
            ofConnection.decrementAndGet();
            free.release();
        });
    }

    static ApiException busy() {
        return Problems.exception(
                503,
                "SERVER_BUSY",
                "The server has as many requests to answer as it can. Nothing was changed; try again later.");
    }
}
