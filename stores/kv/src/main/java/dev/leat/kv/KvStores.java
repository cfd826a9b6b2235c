package dev.leat.kv;

import dev.leat.api.StoreException;
import dev.leat.api.control.ControlStore;
import dev.leat.api.driver.Stores;
import dev.leat.api.store.JobStore;
import java.util.Optional;

/** Both stores in one directory, for one process. Engines of the process share them. Thread-safe. */
public final class KvStores implements Stores {
    private final Ownership ownership;
    private final KvFile file;
    private final Writer writer;
    private final KvWakeups wakeups = new KvWakeups();
    private final KvJobStore jobs;
    private final KvControlStore control;
    private boolean closed;

    private KvStores(Ownership ownership, KvFile file, KvConfig config) {
        this.ownership = ownership;
        this.file = file;
        StoreTime time = new StoreTime(config.clock());
        Lanes lanes = new Lanes();
        writer = new Writer(file, time, lanes);
        jobs = new KvJobStore(writer, file, time, lanes, wakeups);
        control = new KvControlStore(writer, file, time);
    }

    /**
     * Opens the directory, which is made if it is missing.
     *
     * @throws StoreException if it is open elsewhere, is of another program or a newer Leat, or cannot be read or written
     */
    public static KvStores open(KvConfig config) {
        Ownership ownership = Ownership.of(config.directory());
        try {
            KvFile file = KvFile.open(ownership.engine());
            try {
                KvStores stores = new KvStores(ownership, file, config);
                stores.writer.start();
                return stores;
            } catch (RuntimeException | Error e) {
                file.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            ownership.close();
            throw e;
        }
    }

    /** Deletes the directory. */
    static void remove(KvConfig config) {
        try (Ownership ownership = Ownership.of(config.directory())) {
            ownership.deleteAll();
        }
    }

    @Override
    public JobStore jobs() {
        return jobs;
    }

    public ControlStore control() {
        return control;
    }

    @Override
    public Optional<ControlStore> controlStore() {
        return Optional.of(control);
    }

    /** For tests, which look at what the writer does. */
    Writer writer() {
        return writer;
    }

    /** Answers what was asked before, then closes both stores and gives the directory up. May be called twice. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        wakeups.close();
        writer.close();
        file.close();
        ownership.close();
    }
}
