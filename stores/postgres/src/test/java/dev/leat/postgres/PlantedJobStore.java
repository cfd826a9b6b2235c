package dev.leat.postgres;

import dev.leat.api.store.JobStore;
import dev.leat.testkit.JobStoreContract;
import dev.leat.testkit.StoreClock;

/** The contract for the store that {@link PlantedBugsTest} has planted; not run by itself. */
class PlantedJobStore extends JobStoreContract {
    static Fixture planted;

    @Override
    protected JobStore open(StoreClock clock) {
        return planted.emptied(clock).jobs();
    }

    @Override
    protected JobStore openAnother(StoreClock clock) {
        return planted.another().jobs();
    }

    @Override
    protected long modelSeed() {
        return 1;
    }
}
