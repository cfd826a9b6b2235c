package dev.leat.api.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A store as another one is, but for what a subclass overrides: to watch, delay or refuse calls. Each method passes on its own
 * call alone, so {@link #settleAndClaim} is none of {@link #settle} and {@link #claim}. Only {@link #enqueueAndClaim} is not passed on: it is
 * an {@link #enqueue} unless a subclass says otherwise.
 */
public abstract class ForwardingJobStore implements JobStore {
    protected final JobStore store;

    protected ForwardingJobStore(JobStore store) {
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
