package dev.leat.engine.id;

import dev.leat.api.StoreException;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlRecord;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.JournalEntry;
import dev.leat.api.control.Leadership;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A node's way to the store, which fails when a test says so: before the store hears the call, or after it did it. */
public final class FaultyControlStore implements ControlStore {
    /** What becomes of a call. */
    public enum Fault {
        NONE,
        UNREACHABLE,
        REQUEST_LOST,
        ANSWER_LOST
    }

    private final ControlStore store;
    private final Function<String, Fault> faults;

    /** @param faults asked once a call, with the name of the method */
    public FaultyControlStore(ControlStore store, Function<String, Fault> faults) {
        this.store = store;
        this.faults = faults;
    }

    private <T> T call(String method, Supplier<T> call) {
        Fault fault = faults.apply(method);
        if (fault == Fault.REQUEST_LOST || fault == Fault.UNREACHABLE) {
            throw failure(fault);
        }
        T answer = call.get();
        if (fault == Fault.ANSWER_LOST) {
            throw failure(fault);
        }
        return answer;
    }

    private static StoreException failure(Fault fault) {
        StoreException.Effect effect =
                fault == Fault.UNREACHABLE ? StoreException.Effect.NONE : StoreException.Effect.UNKNOWN;
        return new StoreException("The store does not answer.", effect, new IOException("lost"));
    }

    @Override
    public Instant time() {
        return call("time", store::time);
    }

    @Override
    public Optional<ControlRecord> get(RecordKey key) {
        return call("get", () -> store.get(key));
    }

    @Override
    public List<ControlRecord> range(String space, String after, int max) {
        return call("range", () -> store.range(space, after, max));
    }

    @Override
    public Written write(List<Change> changes, @Nullable Leadership as) {
        return call("write", () -> store.write(changes, as));
    }

    @Override
    public long revision(String space) {
        return call("revision", () -> store.revision(space));
    }

    @Override
    public List<JournalEntry> journal(String journal, long after, int max) {
        return call("journal", () -> store.journal(journal, after, max));
    }

    @Override
    public Optional<Leadership> lead(String role, String node, Duration lease) {
        return call("lead", () -> store.lead(role, node, lease));
    }

    @Override
    public void resign(Leadership leadership) {
        call("resign", () -> {
            store.resign(leadership);
            return true;
        });
    }

    @Override
    public void close() {
        store.close();
    }
}
