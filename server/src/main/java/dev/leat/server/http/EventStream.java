package dev.leat.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponseWriter;
import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.server.events.EventLog;
import dev.leat.server.events.QueueSnapshots;
import dev.leat.wire.JobEventView;
import dev.leat.wire.WireJson;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client that follows events. Written to only as fast as it reads; cut off if it does not read at all. */
final class EventStream implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
    /** How many events are looked at before what there is of them is written. */
    private static final int BATCH = 128;
    /** How many characters of events are written at once: what a client costs that does not read, twice. */
    private static final int ENOUGH = 16 * 1024;

    private static final long TICK_MILLIS = 1_000;
    private static final int TICKS_TO_HEARTBEAT = 15;
    private static final int PATIENCE_SECONDS = 30;

    private final HttpResponseWriter out;
    private final EventLog log;
    private final QueueSnapshots snapshots;
    private final Filter filter;
    private final @Nullable String lastId;
    /** The number of the last event that the client has, or did not want. */
    private long place;
    /** Whether there were more events behind the place when it was last looked. */
    private boolean behind;

    /** @param lastId of the last event that the client has, if it has been here before */
    EventStream(
            HttpResponseWriter out, EventLog log, QueueSnapshots snapshots, Filter filter, @Nullable String lastId) {
        this.out = out;
        this.log = log;
        this.snapshots = snapshots;
        this.filter = filter;
        this.lastId = lastId;
    }

    /** Which events a client wants. */
    record Filter(
            @Nullable QueueName queue,
            @Nullable KindName kind,
            @Nullable JobId job) {
        boolean matches(JobEventView event) {
            return (queue == null || queue.equals(event.queue()))
                    && (kind == null || kind.equals(event.kind()))
                    && (job == null || job.equals(event.id()));
        }
    }

    @Override
    public void run() {
        try {
            follow();
            out.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.debug("the client of an event stream has gone");
            out.close();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("the client of an event stream has gone: {}", e.toString());
            out.close(e);
        } catch (RuntimeException e) {
            if (Failures.isClientGone(e)) {
                LOG.debug("the client of an event stream has gone: {}", e.toString());
            } else {
                LOG.warn("an event stream failed", e);
            }
            out.close(e);
        }
    }

    private void follow() throws InterruptedException, ExecutionException, TimeoutException {
        write(start().getBytes(UTF_8));
        QueueSnapshots.@Nullable Snapshot shown = null;
        int quiet = 0;
        boolean open = true;
        while (open && out.isOpen()) {
            boolean wrote = writeNext();
            QueueSnapshots.Snapshot now = behind ? shown : snapshots.last();
            if (now != null && now != shown) {
                write(now.event());
                shown = now;
                wrote = true;
            }
            quiet = wrote ? 0 : quiet + 1;
            if (quiet >= TICKS_TO_HEARTBEAT) {
                write(": still here\n\n".getBytes(UTF_8));
                quiet = 0;
            }
            open = behind || log.await(place, TICK_MILLIS);
        }
    }

    /** What comes first; knows the place from here on. */
    private String start() {
        place = lastId == null ? log.end() : log.place(lastId);
        String start = "retry: 1000\n\n";
        if (place < 0) {
            place = log.end();
            return start + event(log.id(place), "reset", "{}");
        }
        // Gives a client that hears nothing before it loses the connection a place to come back to.
        return start + "id: " + log.id(place) + "\n\n";
    }

    /** Writes some of the events behind the place, and moves it behind them. False if there was nothing for this client. */
    private boolean writeNext() throws InterruptedException, ExecutionException, TimeoutException {
        byte[] next = next();
        if (next.length > 0) {
            write(next);
        }
        return next.length > 0;
    }

    /** In a method of its own, so that the text is gone when the bytes of it wait for their reader. */
    private byte[] next() {
        StringBuilder text = new StringBuilder();
        EventLog.Batch batch = log.after(place, BATCH);
        place = batch.after();
        if (batch.missed()) {
            text.append(event(log.id(place), "reset", "{}"));
        }
        behind = batch.events().size() == BATCH;
        for (JobEventView each : batch.events()) {
            if (text.length() >= ENOUGH) {
                behind = true;
                break;
            }
            place++;
            if (filter.matches(each)) {
                text.append(event(log.id(place), "job", WireJson.STRICT.writeText(each)));
            }
        }
        return text.toString().getBytes(UTF_8);
    }

    /** Returns when the bytes are on their way: whatever changes meanwhile is told as one change. */
    private void write(byte[] bytes) throws InterruptedException, ExecutionException, TimeoutException {
        if (out.tryWrite(HttpData.wrap(bytes))) {
            out.whenConsumed().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static String event(String id, String type, String data) {
        return "id: " + id + "\nevent: " + type + "\ndata: " + data + "\n\n";
    }
}
