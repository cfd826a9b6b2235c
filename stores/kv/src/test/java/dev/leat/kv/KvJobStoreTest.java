package dev.leat.kv;

import dev.leat.api.store.JobStore;
import dev.leat.testkit.JobStoreContract;
import dev.leat.testkit.StoreClock;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class KvJobStoreTest extends JobStoreContract {
    @TempDir
    Path directory;

    private KvStores stores;

    @Override
    protected JobStore open(StoreClock clock) {
        stores = KvStores.open(KvConfig.of(directory).withClock(clock));
        return stores.jobs();
    }

    @Override
    protected JobStore openAnother(StoreClock clock) {
        return stores.jobs();
    }

    @AfterEach
    void close() {
        stores.close();
    }
}
