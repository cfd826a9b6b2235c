package dev.leat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.control.Change;
import dev.leat.api.control.ControlRecord;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The control store under test with its clock, and the short forms in which the rules speak to it. */
final class ControlSubject {
    static final String SPACE = "schedules";
    static final RecordKey KEY = key("nightly");

    StoreClock clock = new StoreClock();
    private final List<ControlStore> handles = new ArrayList<>();

    static RecordKey key(String name) {
        return new RecordKey(SPACE, name);
    }

    /** A new clock for a new store: one that was closed may still follow the old. */
    StoreClock newClock() {
        clock = new StoreClock();
        return clock;
    }

    void open(ControlStore store) {
        handles.add(store);
    }

    void close() {
        handles.forEach(ControlStore::close);
        handles.clear();
    }

    ControlStore store() {
        return handles.get(0);
    }

    /** A second handle to the same data. */
    ControlStore other() {
        return handles.get(1);
    }

    /** Every other thread works through the second handle. */
    ControlStore handle(int thread) {
        return handles.get(thread % 2);
    }

    Written write(Change... changes) {
        return store().write(List.of(changes), null);
    }

    /** Writes what nothing speaks against; gives the version. */
    long done(Change... changes) {
        return done(write(changes));
    }

    static long done(Written written) {
        assertThat(written).isInstanceOf(Written.Done.class);
        return ((Written.Done) written).version();
    }

    /** A record that is not there yet. */
    static Change.Put newRecord(RecordKey key, String value) {
        return new Change.Put(key, Change.ABSENT, value);
    }

    static Change.Append append(String entry) {
        return new Change.Append("audit", entry);
    }

    List<String> entries() {
        return store().journal("audit", 0, ControlStore.MOST).stream()
                .map(entry -> entry.entry())
                .toList();
    }

    Optional<ControlRecord> get(RecordKey key) {
        return store().get(key);
    }

    /** Everything that the rules ever write to, to see that nothing of it changed. */
    List<Object> everything() {
        List<Object> all = new ArrayList<>();
        for (String space : List.of(SPACE, "routes")) {
            all.add(store().range(space, "", ControlStore.MOST));
            all.add(store().revision(space));
        }
        all.add(store().journal("audit", 0, ControlStore.MOST));
        return all;
    }
}
