package dev.leat.server.http;

import dev.leat.engine.id.MonotonicClock;
import dev.leat.server.events.EventLog;
import dev.leat.wire.ApiException;
import dev.leat.wire.LeatApi;
import dev.leat.wire.WireJson;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The counts of all queues for all who follow them: read at most once a second while this process changes jobs, and every
 * five seconds for what others do. Nobody follows, nothing is read.
 */
final class QueueSnapshots {
    private static final Logger LOG = LoggerFactory.getLogger(QueueSnapshots.class);
    private static final long FASTEST = TimeUnit.SECONDS.toNanos(1);
    private static final long SLOWEST = TimeUnit.SECONDS.toNanos(5);

    private final LeatApi api;
    private final EventLog log;
    private final MonotonicClock clock;
    private Snapshot last = new Snapshot("{\"queues\":[]}");
    private long readAt;
    private long readChanges = -1;

    QueueSnapshots(LeatApi api, EventLog log, MonotonicClock clock) {
        this.api = api;
        this.log = log;
        this.clock = clock;
    }

    /** Counts in JSON, equal if they are the same. */
    record Snapshot(String json) {}

    /** As of at most a few seconds ago. */
    synchronized Snapshot now() {
        long age = clock.nanoTime() - readAt;
        long changes = log.changes();
        if (readChanges < 0 || age >= SLOWEST || (age >= FASTEST && changes != readChanges)) {
            try {
                last = new Snapshot(WireJson.STRICT.writeText(api.queues()));
            } catch (ApiException e) {
                LOG.debug("the queues cannot be counted now: {}", e.getMessage());
            }
            readAt = clock.nanoTime();
            readChanges = changes;
        }
        return last;
    }
}
