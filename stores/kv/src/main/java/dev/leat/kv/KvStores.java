package dev.leat.kv;

import dev.leat.api.StoreException;
import dev.leat.api.control.ControlStore;

/** What Leat keeps in one directory, for one process. Thread-safe. */
final class KvStores implements AutoCloseable {
    private final Ownership ownership;
    private final KvFile file;
    private final Writer writer;
    private final KvControlStore control;
    private boolean closed;

    private KvStores(Ownership ownership, KvFile file, KvConfig config) {
        this.ownership = ownership;
        this.file = file;
        StoreTime time = new StoreTime(config.clock());
        time.notBefore(file.read(map -> {
            byte[] last = map.get(Keys.TIME);
            return last == null ? 0L : Value.checked(Keys.TIME, last).getLong();
        }));
        writer = new Writer(file, time);
        control = new KvControlStore(writer, file, time);
    }

    /**
     * Opens the directory, which is made if it is missing.
     *
     * @throws StoreException if it is open elsewhere, is of another program or a newer Leat, or cannot be read or written
     */
    static KvStores open(KvConfig config) {
        Ownership ownership = Ownership.of(config.directory());
        try {
            KvFile file = KvFile.open(ownership.file());
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

    /** For tests, which look at what the writer does. */
    Writer writer() {
        return writer;
    }

    ControlStore control() {
        return control;
    }

    /** Answers what was asked before, then gives the directory up. May be called twice. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        writer.close();
        file.close();
        ownership.close();
    }
}
