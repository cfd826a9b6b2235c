package dev.leat.redis;

import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settlement;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Short forms for what tests ask of a store. Ids are contiguous from one call to the next. */
final class Jobs {
    static final Lane LANE = new Lane(new TenantName("main"), new QueueName("mail"), new KindName("welcome"));
    static final Outcome DONE = new Outcome.Completed(null);
    static final Duration LEASE = Duration.ofHours(1);

    private final AtomicInteger ids = new AtomicInteger();

    NewJob one() {
        return job(ids.getAndIncrement());
    }

    List<NewJob> times(int n) {
        int first = ids.getAndAdd(n);
        return IntStream.range(first, first + n).mapToObj(Jobs::job).toList();
    }

    /** No two of which are in one block. */
    List<NewJob> scattered(int n) {
        int first = ids.getAndAdd(2 * n);
        return IntStream.range(0, n).mapToObj(i -> job(first + 2 * i)).toList();
    }

    private static NewJob job(int n) {
        return new NewJob(
                new JobId(JobId.of(90_000_000, 7, 0).value() + n),
                11L * n,
                LANE,
                Payload.json("{\"n\":" + n + "}"),
                4,
                25,
                Due.now());
    }

    static NewJob with(NewJob job, Due due) {
        return new NewJob(job.id(), job.nonce(), job.lane(), job.payload(), job.priority(), job.maxAttempts(), due);
    }

    static ClaimRequest claim(int max) {
        return new ClaimRequest(UUID.randomUUID(), 3, List.of(LANE), max, Long.MAX_VALUE, LEASE, true);
    }

    static List<Settlement> done(Collection<Lease> leases) {
        return settlements(leases, DONE);
    }

    static List<Settlement> settlements(Collection<Lease> leases, Outcome outcome) {
        return leases.stream()
                .flatMap(
                        lease -> lease.claims().stream().map(claim -> new Settlement(lease.id(), claim.job(), outcome)))
                .toList();
    }

    static List<JobId> ids(Collection<NewJob> jobs) {
        return jobs.stream().map(NewJob::id).toList();
    }

    static List<JobId> held(Collection<Lease> leases) {
        return leases.stream()
                .flatMap(lease -> lease.claims().stream().map(claim -> claim.job()))
                .toList();
    }
}
