package dev.leat.engine.duty;

import dev.leat.api.store.JobStore;
import dev.leat.api.store.Promoted;

/** Makes due jobs available. Safe on any number of nodes at once. */
public final class Promoter implements Duty {
    private static final int BATCH = 1_000;

    private final JobStore store;
    private final Runnable available;

    /** @param available called when jobs became available */
    public Promoter(JobStore store, Runnable available) {
        this.store = store;
        this.available = available;
    }

    @Override
    public int doWork() {
        Promoted promoted = store.promote(BATCH);
        if (promoted.total() > 0) {
            available.run();
        }
        return promoted.total();
    }
}
