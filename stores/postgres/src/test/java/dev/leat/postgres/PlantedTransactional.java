package dev.leat.postgres;

import dev.leat.api.store.JobStore;
import dev.leat.testkit.StoreClock;

/** The contract for callers' transactions with the store that {@link PlantedBugsTest} has planted; not run by itself. */
class PlantedTransactional extends PostgresTransactionalTest {
    @Override
    protected JobStore open(StoreClock clock) {
        return PlantedJobStore.planted.emptied(clock).jobs();
    }
}
