package dev.leat.engine.work;

import dev.leat.api.Checks;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Retention;
import java.time.Duration;
import java.util.List;

/**
 * What a worker takes on.
 *
 * @param tenants whose jobs it runs, at least one
 * @param queues the queues it works on; none for all, also those that come to be later
 * @param slots how many jobs run at once, 1 to 10,000
 * @param lease how long the store waits for a sign of life before it gives a job to another worker, 1 s to 1 day; renewed
 *     three times in that time
 * @param poll how long at most a job waits unnoticed that another process enqueued and could not tell of, 10 ms to
 *     1 hour
 * @param grace how long running jobs may go on when the worker is closed, up to 1 day
 * @param maxBytes the most bytes of payloads taken at once, 1 to 1 GiB; a single job is taken whatever its size
 * @param retention how long jobs that have ended are kept
 */
public record WorkerConfig(
        List<TenantName> tenants,
        List<QueueName> queues,
        int slots,
        Duration lease,
        Duration poll,
        Duration grace,
        long maxBytes,
        Retention retention) {
    /** Tenant {@code main}, queue {@code default}, 64 slots, lease 30 s, poll 1 s, grace 25 s, 64 MiB, the default {@link Retention}. */
    public static final WorkerConfig DEFAULT = new WorkerConfig(
            List.of(TenantName.MAIN),
            List.of(QueueName.DEFAULT),
            64,
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(25),
            64L << 20,
            Retention.DEFAULT);

    public WorkerConfig {
        tenants = List.copyOf(tenants);
        queues = List.copyOf(queues);
        Checks.range("tenants", tenants.size(), 1, 1_000);
        Checks.range("queues", queues.size(), 0, 1_000);
        Checks.range("slots", slots, 1, ClaimRequest.MOST_JOBS);
        Checks.range("lease", lease, Duration.ofSeconds(1), ClaimRequest.LONGEST_LEASE);
        Checks.range("poll", poll, Duration.ofMillis(10), Duration.ofHours(1));
        Checks.range("grace", grace, Duration.ZERO, Duration.ofDays(1));
        Checks.range("max_bytes", maxBytes, 1, 1L << 30);
    }

    public WorkerConfig withQueues(String... names) {
        return new WorkerConfig(
                tenants,
                List.of(names).stream().map(QueueName::new).toList(),
                slots,
                lease,
                poll,
                grace,
                maxBytes,
                retention);
    }

    public WorkerConfig withSlots(int number) {
        return new WorkerConfig(tenants, queues, number, lease, poll, grace, maxBytes, retention);
    }

    public WorkerConfig withLease(Duration time) {
        return new WorkerConfig(tenants, queues, slots, time, poll, grace, maxBytes, retention);
    }

    public WorkerConfig withPoll(Duration time) {
        return new WorkerConfig(tenants, queues, slots, lease, time, grace, maxBytes, retention);
    }

    public WorkerConfig withGrace(Duration time) {
        return new WorkerConfig(tenants, queues, slots, lease, poll, time, maxBytes, retention);
    }

    public WorkerConfig withRetention(Retention time) {
        return new WorkerConfig(tenants, queues, slots, lease, poll, grace, maxBytes, time);
    }
}
