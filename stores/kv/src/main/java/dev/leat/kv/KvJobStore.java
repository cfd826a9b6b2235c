package dev.leat.kv;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.StoreException;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Capabilities;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Handover;
import dev.leat.api.store.Health;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Promoted;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Reclaimed;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Turn;
import dev.leat.api.store.Wakeups;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * Keeps jobs in one directory, by an embedded key-value store. What changes them goes through the {@link Writer}, many callers' calls in a commit; what only looks reads
 * the {@link KvFile} and waits for nobody who writes. Thread-safe.
 */
final class KvJobStore implements JobStore, Operate {
    /** What a job or a settlement takes beside its payload, so that a group of many small ones is bounded too. */
    private static final long OVERHEAD = 200;

    private static final Capabilities CAPABILITIES = Capabilities.natively(
            "kv",
            Durability.D2,
            EnumSet.of(
                    Capability.DELAY,
                    Capability.PRIORITY,
                    Capability.BATCH_ENQUEUE,
                    Capability.INSPECTION,
                    Capability.OPERATION,
                    Capability.RETENTION,
                    Capability.UNIQUE_KEY,
                    Capability.WAKEUPS));

    private final KvFile file;
    private final Writer writer;
    private final StoreTime time;
    private final JobReader reader;
    private final Pruning pruning;
    private final KvWakeups wakeups;

    KvJobStore(Writer writer, KvFile file, StoreTime time, Lanes lanes, KvWakeups wakeups) {
        this.writer = writer;
        this.file = file;
        this.time = time;
        this.wakeups = wakeups;
        reader = new JobReader(file, lanes);
        pruning = new Pruning(writer, file, time, lanes);
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Health health() {
        try {
            file.read(view -> view.number(Keys.FORMAT));
            return writer.failure()
                    .map(failure ->
                            new Health(Health.Status.UNHEALTHY, "the last write failed: " + failure.getMessage()))
                    .orElseGet(() -> new Health(
                            Health.Status.HEALTHY,
                            "RocksDB in " + file.directory() + ", with a log that is synced at each commit"));
        } catch (StoreException e) {
            return new Health(Health.Status.UNHEALTHY, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Instant time() {
        return StoreTime.instant(time.now());
    }

    @Override
    public List<Enqueued> enqueue(List<NewJob> jobs) {
        Checks.range("jobs", jobs.size(), 0, BATCH_JOBS);
        if (jobs.isEmpty()) {
            return List.of();
        }
        long bytes = jobs.stream().mapToLong(KvJobStore::bytes).sum();
        return write(bytes, tx -> new Enqueuer(tx).enqueue(jobs));
    }

    private static long bytes(NewJob job) {
        return OVERHEAD + job.payload().size();
    }

    @Override
    public Handover enqueueAndClaim(NewJob job, ClaimRequest request) {
        return write(bytes(job), tx -> new Enqueuer(tx).enqueueAndClaim(job, request));
    }

    @Override
    public Claimed claim(ClaimRequest request) {
        return write(0, tx -> new Claims(tx).claim(request));
    }

    @Override
    public List<Settled> settle(List<Settlement> settlements) {
        Checks.range("settlements", settlements.size(), 0, BATCH_JOBS);
        if (settlements.isEmpty()) {
            return List.of();
        }
        return write(bytes(settlements), tx -> new Settling(tx).settle(settlements));
    }

    private static long bytes(List<Settlement> settlements) {
        return settlements.stream()
                .mapToLong(each -> OVERHEAD
                        + (each.outcome() instanceof Outcome.Completed completed && completed.result() != null
                                ? completed.result().size()
                                : 0))
                .sum();
    }

    @Override
    public Turn settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        Checks.range("settlements", settlements.size(), 0, BATCH_JOBS);
        return write(
                bytes(settlements),
                tx -> new Turn(new Settling(tx).settle(settlements), new Claims(tx).claim(request)));
    }

    @Override
    public List<Renewed> renew(List<LeaseId> held, Duration lease) {
        Checks.range("lease", lease, ClaimRequest.SHORTEST_LEASE, ClaimRequest.LONGEST_LEASE);
        Checks.range("leases", held.size(), 0, BATCH_JOBS);
        if (held.isEmpty()) {
            return List.of();
        }
        return write(0, tx -> new Upkeep(tx).renew(held, lease));
    }

    @Override
    public Promoted promote(int max) {
        Checks.range("max", max, 1, BATCH_JOBS);
        return write(0, tx -> new Upkeep(tx).promote(max));
    }

    @Override
    public Reclaimed reclaim(int max) {
        Checks.range("max", max, 1, BATCH_JOBS);
        return write(0, tx -> new Upkeep(tx).reclaim(max));
    }

    @Override
    public List<Operated> cancel(TenantName tenant, List<JobId> ids) {
        return operate(ids, operations -> operations.cancel(tenant, ids));
    }

    @Override
    public List<Operated> retry(TenantName tenant, List<JobId> ids) {
        return operate(ids, operations -> operations.retry(tenant, ids));
    }

    @Override
    public List<Operated> amend(TenantName tenant, List<JobId> ids, Amendment amendment) {
        return operate(ids, operations -> operations.amend(tenant, ids, amendment));
    }

    private List<Operated> operate(List<JobId> ids, Operation verb) {
        Checks.range("ids", ids.size(), 0, BATCH_JOBS);
        return ids.isEmpty() ? List.of() : write(0, tx -> verb.run(new Operations(tx)));
    }

    private interface Operation {
        List<Operated> run(Operations operations);
    }

    /** Once it is durable, those are told who may have something to do. */
    private <T> T write(long bytes, Writer.Work<T> work) {
        Writer.Answer<T> answer = writer.call(bytes, work);
        wakeups.available(answer.woken());
        return answer.value();
    }

    @Override
    public <T> Optional<T> feature(Class<T> facet) {
        if (facet == Inspect.class) {
            return Optional.of(facet.cast(reader));
        }
        if (facet == Operate.class) {
            return Optional.of(facet.cast(this));
        }
        if (facet == Prune.class) {
            return Optional.of(facet.cast(pruning));
        }
        if (facet == Wakeups.class) {
            return Optional.of(facet.cast(wakeups));
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        // The directory belongs to KvStores, which opened it for both stores.
    }
}
