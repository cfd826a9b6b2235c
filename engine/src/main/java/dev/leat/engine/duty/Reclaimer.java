package dev.leat.engine.duty;

import dev.leat.api.JobId;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Reclaimed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes back the jobs of workers that died. Safe on any number of nodes at once. */
public final class Reclaimer implements Duty {
    private static final Logger LOG = LoggerFactory.getLogger(Reclaimer.class);
    private static final int BATCH = 100;

    private final JobStore store;
    private final Runnable available;

    /** @param available called when jobs became available */
    public Reclaimer(JobStore store, Runnable available) {
        this.store = store;
        this.available = available;
    }

    @Override
    public int doWork() {
        Reclaimed reclaimed = store.reclaim(BATCH);
        for (JobId job : reclaimed.discarded().keySet()) {
            LOG.warn("job {} is discarded: its workers died while it ran alone", job);
        }
        if (reclaimed.total() > 0) {
            LOG.info("{} jobs came back from leases that ended", reclaimed.total());
            available.run();
        }
        return reclaimed.total();
    }
}
