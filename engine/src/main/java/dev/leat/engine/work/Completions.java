package dev.leat.engine.work;

import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Transactional;
import dev.leat.api.store.Transactional.Completion;
import java.sql.Connection;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Completes jobs in their handlers' own transactions, and finds out what became of that. */
final class Completions {
    private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

    private final JobStore store;
    private final LeaseKeeper keeper;
    private final Optional<Transactional> transactional;

    Completions(JobStore store, LeaseKeeper keeper) {
        this.store = store;
        this.keeper = keeper;
        transactional = store.feature(Transactional.class);
    }

    /** Refuses, by name, what the store cannot do. */
    void check() {
        store.capabilities().require(Capability.TRANSACTIONAL_COMPLETION, "postgres");
    }

    /** Gives a job of this lease one of its own, which is kept from then on; empty if it is lost. */
    Optional<LeaseId> split(LeaseId lease, Execution execution) {
        return keeper.split(lease, execution, () -> transactional.orElseThrow().split(lease, execution.id()));
    }

    /** Whether the commit will complete the job; if not, it is not this run's. */
    boolean settle(Connection connection, Settlement settlement) {
        return transactional.orElseThrow().settle(connection, settlement).accepted();
    }

    boolean isOpen(Settlement settlement) {
        return transactional.orElseThrow().completion(settlement.lease(), settlement.job()) == Completion.OPEN;
    }

    /**
     * Whether the run is to be settled here, under the lease of its own that it ended with: only if that is certainly not completed and
     * nobody is about to. Otherwise the transaction decides, or the end of the lease.
     */
    boolean areLeftToUs(Settlement settlement) {
        // Of an interrupt that was meant for the handler, and would fail this call.
        Thread.interrupted();
        try {
            switch (transactional.orElseThrow().completion(settlement.lease(), settlement.job())) {
                case NONE -> {
                    return true;
                }
                case COMMITTED -> LOG.debug("job {} was completed in a transaction", settlement.job());
                case OPEN ->
                    LOG.warn(
                            "the handler of job {} ended and left the transaction open that completes it; if that is"
                                    + " not committed the job runs again",
                            settlement.job());
                case LOST -> LOG.warn("job {} was not ours to settle: its lease was lost", settlement.job());
            }
        } catch (RuntimeException e) {
            LOG.warn(
                    "whether job {} was completed in its transaction cannot be found out ({}); if it was not it runs"
                            + " again",
                    settlement.job(),
                    e.getMessage());
        }
        return false;
    }
}
