package dev.leat.engine.duty;

import dev.leat.api.store.JobStore;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Pruned;
import dev.leat.api.store.Retention;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes jobs that ended long ago, if the store can. Safe on any number of nodes at once. */
public final class Pruner implements Duty {
    private static final Logger LOG = LoggerFactory.getLogger(Pruner.class);
    private static final int BATCH = 1_000;

    private final Optional<Prune> store;
    private final Retention retention;
    private long removed;

    public Pruner(JobStore store, Retention retention) {
        this.store = store.feature(Prune.class);
        this.retention = retention;
    }

    @Override
    public int doWork() {
        Pruned pruned = store.map(prune -> prune.prune(retention, BATCH)).orElse(Pruned.NOTHING);
        removed += pruned.total();
        if (pruned.more()) {
            return Math.clamp(pruned.total(), 1, Integer.MAX_VALUE);
        }
        if (removed > 0) {
            LOG.info("{} jobs that ended long ago are removed", removed);
            removed = 0;
        }
        return 0;
    }
}
