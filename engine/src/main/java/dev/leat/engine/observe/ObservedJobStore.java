package dev.leat.engine.observe;

import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.store.Capabilities;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Health;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Promoted;
import dev.leat.api.store.Reclaimed;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A store that tells of what was done with its jobs, after each call and in the caller's thread. Thread-safe.
 *
 * <p>Of a call whose answer is lost nothing is told, nor of jobs in a transaction of the caller's, which may not commit.
 */
public final class ObservedJobStore implements JobStore {
    private final JobStore store;
    private final Consumer<List<JobEvent>> observer;
    /** The lanes of the leases that are held here; a settlement names only its lease. */
    private final Map<LeaseId, Held> leases = new ConcurrentHashMap<>();

    /**
     * Watches a store.
     *
     * @param observer must be quick, since jobs wait for it, and must not throw
     */
    public ObservedJobStore(JobStore store, Consumer<List<JobEvent>> observer) {
        this.store = store;
        this.observer = observer;
    }

    @Override
    public List<Enqueued> enqueue(List<NewJob> jobs) {
        List<Enqueued> answers = store.enqueue(jobs);
        List<JobEvent> events = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            if (answers.get(i) instanceof Enqueued.Accepted accepted) {
                NewJob job = jobs.get(i);
                events.add(new JobEvent.Entered(
                        accepted.id(),
                        job.lane(),
                        job.due() instanceof Due.Now ? JobState.AVAILABLE : JobState.SCHEDULED));
            }
        }
        tell(events);
        return answers;
    }

    @Override
    public Claimed claim(ClaimRequest request) {
        Claimed claimed = store.claim(request);
        tell(claimed(claimed));
        return claimed;
    }

    @Override
    public List<Settled> settle(List<Settlement> settlements) {
        List<Settled> answers = store.settle(settlements);
        tell(settled(settlements, answers));
        return answers;
    }

    @Override
    public Turn settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        Turn turn = store.settleAndClaim(settlements, request);
        List<JobEvent> events = settled(settlements, turn.settled());
        events.addAll(claimed(turn.claimed()));
        tell(events);
        return turn;
    }

    private List<JobEvent> claimed(Claimed claimed) {
        List<JobEvent> events = new ArrayList<>();
        for (Lease lease : claimed.leases()) {
            leases.put(
                    lease.id(),
                    new Held(lease.lane(), new AtomicInteger(lease.claims().size())));
            lease.claims()
                    .forEach(claim -> events.add(new JobEvent.Entered(claim.job(), lease.lane(), JobState.RUNNING)));
        }
        return events;
    }

    private List<JobEvent> settled(List<Settlement> settlements, List<Settled> answers) {
        List<JobEvent> events = new ArrayList<>();
        for (int i = 0; i < settlements.size(); i++) {
            Settlement settlement = settlements.get(i);
            Held held = leases.get(settlement.lease());
            if (held == null || !answers.get(i).accepted()) {
                continue;
            }
            events.add(new JobEvent.Entered(settlement.job(), held.lane, after(settlement.outcome())));
            if (held.jobs.decrementAndGet() == 0) {
                leases.remove(settlement.lease());
            }
        }
        return events;
    }

    private static JobState after(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Completed completed -> JobState.COMPLETED;
            case Outcome.Retry retry -> JobState.RETRYABLE;
            case Outcome.Discard discard -> JobState.DISCARDED;
            case Outcome.Snooze snooze -> JobState.SCHEDULED;
            case Outcome.Release release -> JobState.AVAILABLE;
            case Outcome.Cancelled cancelled -> JobState.CANCELLED;
        };
    }

    @Override
    public List<Renewed> renew(List<LeaseId> held, Duration lease) {
        List<Renewed> answers = store.renew(held, lease);
        answers.stream().filter(answer -> !answer.held()).forEach(answer -> leases.remove(answer.lease()));
        return answers;
    }

    @Override
    public Promoted promote(int max) {
        Promoted promoted = store.promote(max);
        tell(available(promoted.available()));
        return promoted;
    }

    @Override
    public Reclaimed reclaim(int max) {
        Reclaimed reclaimed = store.reclaim(max);
        List<JobEvent> events = available(reclaimed.available());
        reclaimed.discarded().forEach((job, lane) -> events.add(new JobEvent.Entered(job, lane, JobState.DISCARDED)));
        tell(events);
        return reclaimed;
    }

    private static List<JobEvent> available(Map<Lane, Integer> jobs) {
        List<JobEvent> events = new ArrayList<>();
        jobs.forEach((lane, number) -> events.add(new JobEvent.BecameAvailable(lane, number)));
        return events;
    }

    private void tell(List<JobEvent> events) {
        if (!events.isEmpty()) {
            observer.accept(events);
        }
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
    public <T> Optional<T> feature(Class<T> facet) {
        return store.feature(facet);
    }

    @Override
    public void close() {
        store.close();
    }

    private record Held(Lane lane, AtomicInteger jobs) {}
}
