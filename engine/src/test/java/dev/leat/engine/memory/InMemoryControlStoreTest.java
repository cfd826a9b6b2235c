package dev.leat.engine.memory;

import dev.leat.api.control.ControlStore;
import dev.leat.testkit.ControlStoreContract;
import dev.leat.testkit.StoreClock;

class InMemoryControlStoreTest extends ControlStoreContract {
    private ControlStore store;

    @Override
    protected ControlStore open(StoreClock clock) {
        store = new InMemoryControlStore(clock);
        return store;
    }

    @Override
    protected ControlStore openAnother(StoreClock clock) {
        return store;
    }
}
