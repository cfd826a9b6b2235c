package dev.leat.engine.work;

import dev.leat.api.JobId;
import dev.leat.api.StoreException;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.Renewed;
import dev.leat.engine.duty.Duty;
import dev.leat.engine.id.MonotonicClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the leases of running jobs: renews each when a third of it has passed, by lease id. What cannot be renewed within two
 * thirds of it counts as lost, by this process's own monotonic clock: its handlers are interrupted before the store may give
 * their jobs to others. {@link #doWork} renews and {@link #loseOverdue} interrupts; two duties, since a store that hangs must
 * not keep us from stopping in time.
 */
final class LeaseKeeper implements Duty {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

    private final JobStore store;
    private final MonotonicClock clock;
    private final Duration lease;
    private final Map<LeaseId, Held> held = new ConcurrentHashMap<>();

    LeaseKeeper(JobStore store, MonotonicClock clock, Duration lease) {
        this.store = store;
        this.clock = clock;
        this.lease = lease;
    }

    /**
     * Starts to keep a lease.
     *
     * @param askedAt when the claim was first sent, so that the lease cannot end earlier than we think
     */
    void hold(Lease claimed, List<Execution> executions, long askedAt) {
        // A claim that was asked again through an outage looks old, though its lease may be new: only the store knows.
        long confirmedAt = isDue(askedAt) ? confirm(claimed.id(), askedAt) : askedAt;
        held.put(claimed.id(), new Held(claimed.suspect(), executions, confirmedAt));
    }

    private long confirm(LeaseId id, long otherwise) {
        long now = clock.nanoTime();
        try {
            Renewed.Answer answer = store.renew(List.of(id), lease).getFirst().answer();
            return answer == Renewed.Answer.RENEWED ? now : otherwise;
        } catch (StoreException e) {
            LOG.warn("lease {} may be about to end and could not be renewed: {}", id.value(), e.getMessage());
            return otherwise;
        }
    }

    private boolean isDue(long confirmedAt) {
        return clock.nanoTime() - confirmedAt >= lease.toNanos() / 3;
    }

    /**
     * Moves a running job into a lease of its own, and keeps that. Meanwhile the job is kept under the old one.
     *
     * @param split has the store do it; empty if the old lease does not hold the job
     * @return the new lease; empty if the old one is lost
     */
    Optional<LeaseId> split(LeaseId from, Execution execution, Supplier<Optional<LeaseId>> split) {
        Held before = held.get(from);
        if (before == null) {
            return Optional.empty();
        }
        long confirmedAt = before.confirmedAt;
        Optional<LeaseId> own = split.get();
        own.ifPresent(id -> {
            held.put(id, new Held(before.suspect, List.of(execution), confirmedAt));
            settled(from, execution.id());
        });
        return own;
    }

    /** A job of the lease is settled, or is stale; with its last job the lease is no longer kept. */
    void settled(LeaseId id, JobId job) {
        held.computeIfPresent(id, (key, lease) -> {
            lease.executions.remove(job);
            return lease.executions.isEmpty() ? null : lease;
        });
    }

    boolean holds(LeaseId id) {
        return held.containsKey(id);
    }

    boolean holdsAny() {
        return !held.isEmpty();
    }

    boolean holdsSuspects() {
        return held.values().stream().anyMatch(lease -> lease.suspect);
    }

    @Override
    public int doWork() {
        List<LeaseId> due = new ArrayList<>();
        held.forEach((id, lease) -> {
            if (isDue(lease.confirmedAt)) {
                due.add(id);
            }
        });
        int answered = 0;
        for (int from = 0; from < due.size(); from += JobStore.BATCH_JOBS) {
            answered += renew(due.subList(from, Math.min(due.size(), from + JobStore.BATCH_JOBS)));
        }
        return answered == 0 && !due.isEmpty() ? CONTENDED : answered;
    }

    /** How many of them were not busy. */
    private int renew(List<LeaseId> due) {
        long askedAt = clock.nanoTime();
        int answered = 0;
        for (Renewed answer : store.renew(due, lease)) {
            Held lease = held.get(answer.lease());
            if (lease == null) {
                answered++;
            } else if (answer.answer() == Renewed.Answer.GONE) {
                gone(answer.lease());
                answered++;
            } else if (answer.answer() == Renewed.Answer.RENEWED || lease.isApart()) {
                lease.confirmedAt = askedAt;
                answered++;
            }
        }
        return answered;
    }

    /** What is in a transaction of its own may be gone because that was committed, and its handler goes on. */
    private void gone(LeaseId id) {
        Held lease = held.remove(id);
        if (lease != null) {
            lose(
                    id,
                    lease.running().stream()
                            .filter(execution -> !execution.isApart())
                            .toList());
        }
    }

    /**
     * Gives up the leases that could not be renewed in time. A duty of its own that asks nobody, since a renewal may hang
     * for longer than a lease.
     *
     * @return how many were given up
     */
    int loseOverdue() {
        long now = clock.nanoTime();
        int lost = 0;
        for (Map.Entry<LeaseId, Held> entry : held.entrySet()) {
            if (now - entry.getValue().confirmedAt >= lease.toNanos() / 3 * 2) {
                lose(entry.getKey());
                lost++;
            }
        }
        return lost;
    }

    private void lose(LeaseId id) {
        Held lease = held.remove(id);
        if (lease != null) {
            lose(id, lease.running());
        }
    }

    private static void lose(LeaseId id, Collection<Execution> running) {
        if (!running.isEmpty()) {
            LOG.warn("lease {} is lost with {} jobs; they run elsewhere", id.value(), running.size());
            running.forEach(Execution::lose);
        }
    }

    private static final class Held {
        private final boolean suspect;
        private final Map<JobId, Execution> executions;
        private volatile long confirmedAt;

        Held(boolean suspect, List<Execution> executions, long askedAt) {
            this.suspect = suspect;
            this.executions = new ConcurrentHashMap<>();
            executions.forEach(execution -> this.executions.put(execution.id(), execution));
            confirmedAt = askedAt;
        }

        /** Held by a transaction of its job's handler for as long as that lasts. */
        boolean isApart() {
            return running().stream().anyMatch(Execution::isApart);
        }

        Collection<Execution> running() {
            return List.copyOf(executions.values());
        }
    }
}
