package dev.leat.cli.demo;

import dev.leat.api.control.Change;
import dev.leat.api.control.ControlRecord;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.RecordKey;
import dev.leat.engine.codec.Json;
import java.util.List;
import java.util.Optional;

/**
 * What must be known to go on after everything was killed. Only one demo at a time uses a data directory, so a record that
 * was changed by somebody else is a defect.
 *
 * @param root the tree, as {@link FileName#encoded}
 * @param listed whether all of its files were enqueued, but for what could not be listed
 */
record DemoState(String root, boolean listed, FileTree.Unlisted unlisted) {
    private static final RecordKey KEY = new RecordKey("demo", "run");

    static DemoState of(String root) {
        return new DemoState(root, false, FileTree.Unlisted.NOTHING);
    }

    DemoState listed(FileTree.Unlisted without) {
        return new DemoState(root, true, without);
    }

    static Optional<DemoState> load(ControlStore store) {
        return store.get(KEY).map(found -> Json.STRICT.read(found.value(), DemoState.class));
    }

    DemoState save(ControlStore store) {
        long version = store.get(KEY).map(ControlRecord::version).orElse(Change.ABSENT);
        store.write(List.of(new Change.Put(KEY, version, Json.STRICT.writeText(this))), null);
        return this;
    }
}
