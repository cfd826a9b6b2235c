package dev.leat.engine.observe;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.ForwardingJobStore;
import dev.leat.api.store.Handover;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Promoted;
import dev.leat.api.store.Reclaimed;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Transactional;
import dev.leat.api.store.Turn;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A store that tells of what was done with its jobs, after each call and in the caller's thread. To who needs the order, what
 * it tells last of a job is the state that this process brought it into last. Thread-safe.
 *
 * <p>Of a call whose answer is lost nothing is told, nor of jobs in a transaction of the caller's, which may not commit.
 */
public final class ObservedJobStore extends ForwardingJobStore {
    private final Consumer<List<JobEvent>> inOrder;
    private final Consumer<List<JobEvent>> inAnyOrder;
    /** The lanes of the leases that are held here; a settlement names only its lease. */
    private final Map<LeaseId, Held> leases = new ConcurrentHashMap<>();

    /** Jobs whose becoming available is under way, and told by whoever takes them out first, under the lock. */
    private final Set<JobId> untold = ConcurrentHashMap.newKeySet();

    private final Object telling = new Object();

    /**
     * Watches a store. Both are told everything, and must not throw.
     *
     * @param inOrder told one call at a time, while all others of this process wait: it should do no more than take note
     * @param inAnyOrder told afterwards, by many threads at once; only the caller whose jobs these are waits
     */
    public ObservedJobStore(JobStore store, Consumer<List<JobEvent>> inOrder, Consumer<List<JobEvent>> inAnyOrder) {
        super(store);
        this.inOrder = inOrder;
        this.inAnyOrder = inAnyOrder;
    }

    @Override
    public List<Enqueued> enqueue(List<NewJob> jobs) {
        Set<JobId> ids = jobs.stream().map(NewJob::id).collect(Collectors.toSet());
        return telling(ids, () -> store.enqueue(jobs), answers -> enqueued(jobs, answers));
    }

    private List<JobEvent> enqueued(List<NewJob> jobs, List<Enqueued> answers) {
        List<JobEvent> events = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            if (answers.get(i) instanceof Enqueued.Accepted accepted && untold.remove(accepted.id())) {
                NewJob job = jobs.get(i);
                JobState state = job.due() instanceof Due.Now ? JobState.AVAILABLE : JobState.SCHEDULED;
                events.add(new JobEvent.Entered(accepted.id(), job.lane(), state));
            }
        }
        return events;
    }

    @Override
    public Handover enqueueAndClaim(NewJob job, ClaimRequest request) {
        return telling(Set.of(job.id()), () -> store.enqueueAndClaim(job, request), handover -> {
            List<JobEvent> events = enqueued(List.of(job), List.of(handover.enqueued()));
            Lease lease = handover.lease();
            if (lease != null) {
                events.addAll(claimed(List.of(lease)));
            }
            return events;
        });
    }

    /**
     * Does what makes jobs available, and tells of it unless a claim has been quicker: that of a job which is being handed
     * out while its own call has not returned yet. So nothing is told late.
     */
    private <T> T telling(Set<JobId> jobs, Supplier<T> call, Function<T, List<JobEvent>> events) {
        untold.addAll(jobs);
        try {
            T answer = call.get();
            tell(() -> events.apply(answer));
            return answer;
        } finally {
            untold.removeAll(jobs);
        }
    }

    @Override
    public Claimed claim(ClaimRequest request) {
        Claimed claimed = store.claim(request);
        tell(() -> claimed(claimed.leases()));
        return claimed;
    }

    @Override
    public List<Settled> settle(List<Settlement> settlements) {
        List<Settled> answers = store.settle(settlements);
        tell(() -> settled(settlements, answers));
        return answers;
    }

    @Override
    public Turn settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        Turn turn = store.settleAndClaim(settlements, request);
        tell(() -> {
            List<JobEvent> events = settled(settlements, turn.settled());
            events.addAll(claimed(turn.claimed().leases()));
            return events;
        });
        return turn;
    }

    private List<JobEvent> claimed(List<Lease> made) {
        List<JobEvent> events = new ArrayList<>();
        for (Lease lease : made) {
            leases.put(
                    lease.id(),
                    new Held(lease.lane(), new AtomicInteger(lease.claims().size()), false));
            for (Claim claim : lease.claims()) {
                if (untold.remove(claim.job())) {
                    events.add(new JobEvent.Entered(claim.job(), lease.lane(), JobState.AVAILABLE));
                }
                events.add(new JobEvent.Entered(claim.job(), lease.lane(), JobState.RUNNING));
            }
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
            left(settlement.lease(), held);
        }
        return events;
    }

    private void left(LeaseId lease, Held held) {
        if (held.jobs.decrementAndGet() == 0) {
            leases.remove(lease);
        }
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
        answers.stream().filter(answer -> !answer.held()).forEach(answer -> gone(answer.lease()));
        return answers;
    }

    /** Unless it is gone by a completion that was committed, which is to be told when that is asked for. */
    private void gone(LeaseId lease) {
        leases.computeIfPresent(lease, (id, held) -> held.own ? held : null);
    }

    @Override
    public Promoted promote(int max) {
        Promoted promoted = store.promote(max);
        tell(() -> available(promoted.available()));
        return promoted;
    }

    @Override
    public Reclaimed reclaim(int max) {
        Reclaimed reclaimed = store.reclaim(max);
        List<JobEvent> events = available(reclaimed.available());
        reclaimed.discarded().forEach((job, lane) -> events.add(new JobEvent.Entered(job, lane, JobState.DISCARDED)));
        tell(() -> events);
        return reclaimed;
    }

    private static List<JobEvent> available(Map<Lane, Integer> jobs) {
        List<JobEvent> events = new ArrayList<>();
        jobs.forEach((lane, number) -> events.add(new JobEvent.BecameAvailable(lane, number)));
        return events;
    }

    /** @param what judged under the lock, and told in the same order */
    private void tell(Supplier<List<JobEvent>> what) {
        List<JobEvent> events;
        synchronized (telling) {
            events = what.get();
            if (!events.isEmpty()) {
                inOrder.accept(events);
            }
        }
        if (!events.isEmpty()) {
            inAnyOrder.accept(events);
        }
    }

    @Override
    public <T> Optional<T> feature(Class<T> facet) {
        if (facet == Operate.class) {
            return store.feature(Operate.class).map(operate -> facet.cast(new Observed(operate)));
        }
        if (facet == Transactional.class) {
            return store.feature(Transactional.class).map(each -> facet.cast(new ObservedTransactions(each)));
        }
        return store.feature(facet);
    }

    /** Tells of completions once it is known that they were committed. */
    private final class ObservedTransactions implements Transactional {
        private final Transactional transactional;

        ObservedTransactions(Transactional transactional) {
            this.transactional = transactional;
        }

        @Override
        public List<Enqueued> enqueue(Connection connection, List<NewJob> jobs) {
            return transactional.enqueue(connection, jobs);
        }

        @Override
        public Optional<LeaseId> split(LeaseId lease, JobId job) {
            // Before it is split: then its last job may be gone, and a renewal say so before this goes on.
            Held held = leases.get(lease);
            Optional<LeaseId> own = transactional.split(lease, job);
            if (own.isPresent() && held != null) {
                leases.put(own.get(), new Held(held.lane, new AtomicInteger(1), true));
                left(lease, held);
            }
            return own;
        }

        @Override
        public Settled settle(Connection connection, Settlement settlement) {
            return transactional.settle(connection, settlement);
        }

        @Override
        public Completion completion(LeaseId lease, JobId job) {
            Completion completion = transactional.completion(lease, job);
            if (completion == Completion.NONE) {
                return completion;
            }
            // Nobody asks again but by chance.
            Held held = leases.remove(lease);
            if (completion == Completion.COMMITTED && held != null) {
                tell(() -> List.of(new JobEvent.Entered(job, held.lane, JobState.COMPLETED)));
            }
            return completion;
        }
    }

    /** Tells of jobs that are changed by hand. */
    private final class Observed implements Operate {
        private final Operate operate;

        Observed(Operate operate) {
            this.operate = operate;
        }

        @Override
        public List<Operated> cancel(TenantName tenant, List<JobId> ids) {
            List<Operated> answers = operate.cancel(tenant, ids);
            tell(() -> done(answers, job -> true));
            return answers;
        }

        @Override
        public List<Operated> retry(TenantName tenant, List<JobId> ids) {
            return telling(Set.copyOf(ids), () -> operate.retry(tenant, ids), answers -> done(answers, untold::remove));
        }

        @Override
        public List<Operated> amend(TenantName tenant, List<JobId> ids, Amendment amendment) {
            return telling(
                    Set.copyOf(ids),
                    () -> operate.amend(tenant, ids, amendment),
                    answers -> done(answers, untold::remove));
        }

        private static List<JobEvent> done(List<Operated> answers, Predicate<JobId> wanted) {
            List<JobEvent> events = new ArrayList<>();
            for (Operated answer : answers) {
                if (answer instanceof Operated.Done(JobId job, Lane lane, JobState state) && wanted.test(job)) {
                    events.add(new JobEvent.Entered(job, lane, state));
                }
            }
            return events;
        }
    }

    /** @param own whether the lease was split off, for a completion in a transaction */
    private record Held(Lane lane, AtomicInteger jobs, boolean own) {}
}
