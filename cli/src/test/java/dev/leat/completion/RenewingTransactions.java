package dev.leat.completion;

import dev.leat.api.JobId;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.ForwardingJobStore;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Transactional;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A store in which a lease is renewed the moment a job was split off from it, as may happen at any time. */
final class RenewingTransactions extends ForwardingJobStore {
    private final Transactional transactional;
    private final Consumer<LeaseId> renew;

    RenewingTransactions(JobStore store, Consumer<LeaseId> renew) {
        super(store);
        transactional = store.feature(Transactional.class).orElseThrow();
        this.renew = renew;
    }

    @Override
    public <T> Optional<T> feature(Class<T> facet) {
        return facet == Transactional.class ? Optional.of(facet.cast(new Renewing())) : super.feature(facet);
    }

    private final class Renewing implements Transactional {
        @Override
        public List<Enqueued> enqueue(Connection connection, List<NewJob> jobs) {
            return transactional.enqueue(connection, jobs);
        }

        @Override
        public Optional<LeaseId> split(LeaseId lease, JobId job) {
            Optional<LeaseId> own = transactional.split(lease, job);
            renew.accept(lease);
            return own;
        }

        @Override
        public Settled settle(Connection connection, Settlement settlement) {
            return transactional.settle(connection, settlement);
        }

        @Override
        public Completion completion(LeaseId lease, JobId job) {
            return transactional.completion(lease, job);
        }
    }
}
