package dev.leat.postgres;

import dev.leat.api.control.ControlStore;
import dev.leat.testkit.ControlStoreContract;
import dev.leat.testkit.StoreClock;

class PostgresControlStoreTest extends ControlStoreContract {
    TestDatabase database() {
        return TestDatabase.newest();
    }

    @Override
    protected ControlStore open(StoreClock clock) {
        return database().contract().emptied(clock).control();
    }

    @Override
    protected ControlStore openAnother(StoreClock clock) {
        return database().contract().another().control();
    }
}
