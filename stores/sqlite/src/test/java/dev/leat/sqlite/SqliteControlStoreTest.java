package dev.leat.sqlite;

import dev.leat.api.control.ControlStore;
import dev.leat.testkit.ControlStoreContract;
import dev.leat.testkit.StoreClock;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteControlStoreTest extends ControlStoreContract {
    @TempDir
    Path directory;

    private SqliteStores stores;

    @Override
    protected ControlStore open(StoreClock clock) {
        stores = SqliteStores.open(SqliteConfig.of(directory.resolve("leat.db")).withClock(clock));
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
