package dev.leat.engine.memory;

import dev.leat.api.store.JobStore;
import dev.leat.testkit.JobStoreContract;
import dev.leat.testkit.StoreClock;

class InMemoryJobStoreTest extends JobStoreContract {
    private JobStore store;

    @Override
    protected JobStore open(StoreClock clock) {
        store = new InMemoryJobStore(clock);
        return store;
    }

    @Override
    protected JobStore openAnother(StoreClock clock) {
        return store;
    }
}
