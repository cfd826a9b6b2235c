package dev.leat.engine.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.QueueName;
import dev.leat.api.Sha256;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.TenantName;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlRecord;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import dev.leat.engine.codec.Json;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which queues are paused: one record each in the control store, so that a pause outlives every process and holds on all
 * nodes. A node sees a change by its next {@link #refresh}. Thread-safe.
 */
public final class PausedQueues {
    private static final String SPACE = "paused-queues";
    private static final int TRIES = 10;

    private final ControlStore store;
    private volatile Set<TenantQueue> paused = Set.of();
    private long revision = -1;

    public PausedQueues(ControlStore store) {
        this.store = store;
    }

    /** As of the last refresh, or of a change made here since. */
    public boolean contains(TenantQueue queue) {
        return paused.contains(queue);
    }

    /** Pauses a queue, which need not have had a job yet. Without effect if it is paused. */
    public void pause(TenantQueue queue) {
        Entry entry = new Entry(queue.tenant().value(), queue.queue().value(), store.time());
        changed(
                queue,
                version -> version != Change.ABSENT
                        ? List.of()
                        : List.of(new Change.Put(key(queue), version, Json.STRICT.writeText(entry))));
    }

    /** Ends the pause of a queue. Without effect if it is not paused. */
    public void resume(TenantQueue queue) {
        changed(
                queue,
                version -> version == Change.ABSENT ? List.of() : List.of(new Change.Delete(key(queue), version)));
    }

    private void changed(TenantQueue queue, Wanted wanted) {
        for (int tried = 0; tried < TRIES; tried++) {
            List<Change> changes = wanted.given(
                    store.get(key(queue)).map(ControlRecord::version).orElse(Change.ABSENT));
            if (changes.isEmpty() || store.write(changes, null) instanceof Written.Done) {
                refresh();
                return;
            }
        }
        throw new StoreException(
                "queue " + queue + " is being paused and resumed by others; try again", Effect.NONE, null);
    }

    /**
     * Reads what has changed: one indexed read if nothing has.
     *
     * @return whether anything has changed since the last time
     */
    public synchronized boolean refresh() {
        long now = store.revision(SPACE);
        if (now == revision) {
            return false;
        }
        Set<TenantQueue> found = new HashSet<>();
        List<ControlRecord> page = store.range(SPACE, "", ControlStore.MOST);
        while (!page.isEmpty()) {
            page.forEach(each ->
                    found.add(Json.STRICT.read(each.value(), Entry.class).key()));
            page = store.range(SPACE, page.getLast().key().name(), ControlStore.MOST);
        }
        paused = Set.copyOf(found);
        revision = now;
        return true;
    }

    /** Two names together may be longer than a record's name; a digest is not. */
    private static RecordKey key(TenantQueue queue) {
        String digest = new Sha256().add(queue.toString().getBytes(UTF_8)).hex();
        return new RecordKey(SPACE, digest.substring(0, 40));
    }

    private interface Wanted {
        /** @param version of the queue's record, or {@link Change#ABSENT} */
        List<Change> given(long version);
    }

    private record Entry(String tenant, String queue, Instant since) {
        TenantQueue key() {
            return new TenantQueue(new TenantName(tenant), new QueueName(queue));
        }
    }
}
