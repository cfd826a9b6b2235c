package dev.leat.verify.torture;

import dev.leat.api.store.Capabilities;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Health;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Promoted;
import dev.leat.api.store.Reclaimed;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A store as another one is, but for what is overridden. */
class ForwardingStore implements JobStore {
    private final JobStore store;

    ForwardingStore(JobStore store) {
        this.store = store;
    }

    @Override
    public List<Enqueued> enqueue(List<NewJob> jobs) {
        return store.enqueue(jobs);
    }

    @Override
    public Claimed claim(ClaimRequest request) {
        return store.claim(request);
    }

    @Override
    public List<Settled> settle(List<Settlement> settlements) {
        return store.settle(settlements);
    }

    @Override
    public Turn settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        return store.settleAndClaim(settlements, request);
    }

    @Override
    public List<Renewed> renew(List<LeaseId> held, Duration lease) {
        return store.renew(held, lease);
    }

    @Override
    public Promoted promote(int max) {
        return store.promote(max);
    }

    @Override
    public Reclaimed reclaim(int max) {
        return store.reclaim(max);
    }

    @Override
    public <T> Optional<T> feature(Class<T> facet) {
        return store.feature(facet);
    }

    @Override
    public Capabilities capabilities() {
        return store.capabilities();
    }

    @Override
    public Health health() {
        return store.health();
    }

    @Override
    public Instant time() {
        return store.time();
    }

    @Override
    public void close() {
        store.close();
    }
}
