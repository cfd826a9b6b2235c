package dev.leat.api.control;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A control store as another one is, but for what a subclass overrides: to watch, delay or refuse calls. */
public abstract class ForwardingControlStore implements ControlStore {
    protected final ControlStore store;

    protected ForwardingControlStore(ControlStore store) {
        this.store = store;
    }

    @Override
    public Instant time() {
        return store.time();
    }

    @Override
    public Optional<ControlRecord> get(RecordKey key) {
        return store.get(key);
    }

    @Override
    public List<ControlRecord> range(String space, String after, int max) {
        return store.range(space, after, max);
    }

    @Override
    public Written write(List<Change> changes, @Nullable Leadership as) {
        return store.write(changes, as);
    }

    @Override
    public long revision(String space) {
        return store.revision(space);
    }

    @Override
    public List<JournalEntry> journal(String journal, long after, int max) {
        return store.journal(journal, after, max);
    }

    @Override
    public Optional<Leadership> lead(String role, String node, Duration lease) {
        return store.lead(role, node, lease);
    }

    @Override
    public void resign(Leadership leadership) {
        store.resign(leadership);
    }

    @Override
    public void close() {
        store.close();
    }
}
