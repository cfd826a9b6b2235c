package dev.leat.kv;

import dev.leat.api.control.ControlStore;
import dev.leat.testkit.ControlStoreContract;
import dev.leat.testkit.StoreClock;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class KvControlStoreTest extends ControlStoreContract {
    @TempDir
    Path directory;

    private KvStores stores;

    @Override
    protected ControlStore open(StoreClock clock) {
        stores = KvStores.open(new KvConfig(directory, clock));
        return stores.control();
    }

    @Override
    protected ControlStore openAnother(StoreClock clock) {
        return stores.control();
    }

    @AfterEach
    void close() {
        stores.close();
    }
}
