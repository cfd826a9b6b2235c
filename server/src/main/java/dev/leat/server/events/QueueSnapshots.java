package dev.leat.server.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.engine.id.MonotonicClock;
import dev.leat.wire.ApiException;
import dev.leat.wire.QueuePage;
import dev.leat.wire.WireJson;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The counts of the first queues for all who watch them: read at most once a second while this
 * process changes jobs, and every five seconds for what others do. Nobody watches, nothing is read. Thread-safe.
 */
public final class QueueSnapshots {
    private static final Logger LOG = LoggerFactory.getLogger(QueueSnapshots.class);
    private static final long FASTEST = TimeUnit.SECONDS.toNanos(1);
    private static final long SLOWEST = TimeUnit.SECONDS.toNanos(5);

    private final Supplier<QueuePage> queues;
    private final EventLog log;
    private final MonotonicClock clock;
    private @Nullable Snapshot last;
    private boolean answered;
    private long readAt;
    private long readChanges = -1;

    /**
     * Reads nothing yet.
     *
     * @param queues the first of them; throws {@link ApiException} if the store does not answer
     * @param log tells whether anything has changed
     */
    public QueueSnapshots(Supplier<QueuePage> queues, EventLog log, MonotonicClock clock) {
        this.queues = queues;
        this.log = log;
        this.clock = clock;
    }

    /** Counts of one moment. As long as nothing changes they are the same object. */
    public static final class Snapshot {
        private final QueuePage page;
        private final byte[] event;

        private Snapshot(QueuePage page) {
            this.page = page;
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes("event: queues\ndata: ".getBytes(UTF_8));
            out.writeBytes(WireJson.STRICT.writeBytes(page));
            out.writeBytes("\n\n".getBytes(UTF_8));
            event = out.toByteArray();
        }

        public QueuePage page() {
            return page;
        }

        /** The event that tells of them, as it is sent; shared by all, so nobody may change it. */
        public byte[] event() {
            return event;
        }
    }

    /** As of at most a few seconds ago, or of when the store last answered; null if it never did. */
    public synchronized @Nullable Snapshot last() {
        long age = clock.nanoTime() - readAt;
        long changes = log.changes();
        if (readChanges < 0 || age >= SLOWEST || (age >= FASTEST && changes != readChanges)) {
            read();
            readAt = clock.nanoTime();
            readChanges = changes;
        }
        return last;
    }

    /** As of at most a few seconds ago, or null if the store does not answer. */
    public synchronized @Nullable Snapshot now() {
        Snapshot known = last();
        return answered ? known : null;
    }

    private void read() {
        try {
            Snapshot fresh = new Snapshot(queues.get());
            last = last != null && Arrays.equals(last.event, fresh.event) ? last : fresh;
            answered = true;
        } catch (ApiException e) {
            LOG.debug("the queues cannot be counted now: {}", e.getMessage());
            answered = false;
        }
    }
}
