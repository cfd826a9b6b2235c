package dev.leat.engine.memory;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.AttemptRecord;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.Capabilities;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Claimed.Left;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Handover;
import dev.leat.api.store.Health;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobQuery.Order;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Promoted;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Pruned;
import dev.leat.api.store.QueueCounts;
import dev.leat.api.store.Reclaimed;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Retention;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settled.Answer;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Turn;
import dev.leat.api.store.UniqueKey;
import dev.leat.engine.memory.StoredJob.Suspicion;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The {@link JobStore} contract as plain code: the law that every other store is held to, written to be read. Durability D0:
 * jobs are lost with the process. Every method takes the store's one lock, so each call is atomic.
 */
public final class InMemoryJobStore implements JobStore, Inspect, Operate, Prune {
    private static final Comparator<StoredJob> BY_POSITION = Comparator.comparingLong(job -> job.position);
    private static final Comparator<StoredJob> MOST_URGENT_FIRST =
            Comparator.<StoredJob>comparingInt(job -> job.job.priority()).thenComparing(BY_POSITION);
    private static final Comparator<StoredJob> MOST_SUSPECT_FIRST = Comparator.<StoredJob, Suspicion>comparing(
                    job -> job.suspicion)
            .reversed()
            .thenComparing(BY_POSITION);
    private static final Comparator<StoredJob> MOST_OVERDUE_FIRST =
            Comparator.<StoredJob, Instant>comparing(job -> job.dueAt).thenComparing(job -> job.job.id());

    private final InstantSource clock;
    private final TreeMap<JobId, StoredJob> jobs = new TreeMap<>();
    private final TreeSet<StoredJob> available = new TreeSet<>(MOST_URGENT_FIRST);
    private final TreeSet<StoredJob> suspects = new TreeSet<>(MOST_SUSPECT_FIRST);
    private final TreeSet<StoredJob> waiting = new TreeSet<>(MOST_OVERDUE_FIRST);
    private final Map<LaneKey, Holder> holders = new HashMap<>();
    private final TreeMap<LeaseId, HeldLease> leases = new TreeMap<>();
    private long lastLease;
    private long lastPosition;

    public InMemoryJobStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.natively(
                "memory",
                Durability.D0,
                EnumSet.of(
                        Capability.DELAY,
                        Capability.PRIORITY,
                        Capability.BATCH_ENQUEUE,
                        Capability.INSPECTION,
                        Capability.OPERATION,
                        Capability.RETENTION,
                        Capability.UNIQUE_KEY));
    }

    @Override
    public Health health() {
        return new Health(Health.Status.HEALTHY, "in memory; jobs are lost with the process");
    }

    @Override
    public Instant time() {
        return clock.instant();
    }

    @Override
    public synchronized List<Enqueued> enqueue(List<NewJob> newJobs) {
        Checks.range("jobs", newJobs.size(), 0, BATCH_JOBS);
        List<Enqueued> answers = new ArrayList<>(newJobs.size());
        for (NewJob job : newJobs) {
            answers.add(enqueue(job));
        }
        return answers;
    }

    private Enqueued enqueue(NewJob job) {
        StoredJob known = jobs.get(job.id());
        if (known != null) {
            return known.isSame(job) ? new Enqueued.Duplicate(job.id()) : new Enqueued.Clash(job.id());
        }
        UniqueKey key = job.uniqueKey();
        if (key != null) {
            LaneKey place = new LaneKey(job.lane(), key.text());
            Holder holder = holders.get(place);
            if (holder != null && holds(holder)) {
                return new Enqueued.Held(job.id(), holder.job);
            }
            holders.put(
                    place,
                    new Holder(
                            job.id(),
                            key.window() == null ? null : clock.instant().plus(key.window())));
        }
        store(job);
        return new Enqueued.Accepted(job.id());
    }

    private boolean holds(Holder holder) {
        if (holder.until != null) {
            return holder.until.isAfter(clock.instant());
        }
        StoredJob job = jobs.get(holder.job);
        return job != null && !job.state.isFinal();
    }

    private void store(NewJob newJob) {
        Instant now = clock.instant();
        StoredJob job = new StoredJob(newJob, now);
        jobs.put(newJob.id(), job);
        makeDue(job, at(newJob.due(), now), now);
    }

    private void makeDue(StoredJob job, Instant at, Instant now) {
        if (at.isAfter(now)) {
            makeWait(job, JobState.SCHEDULED, at);
        } else {
            makeAvailable(job);
        }
    }

    private static Instant at(Due due, Instant now) {
        return switch (due) {
            case Due.Now() -> now;
            case Due.After(Duration delay) -> now.plus(delay);
            case Due.At(Instant instant) -> instant;
        };
    }

    private void makeWait(StoredJob job, JobState state, Instant due) {
        job.state = state;
        job.dueAt = due;
        waiting.add(job);
    }

    private void makeAvailable(StoredJob job) {
        job.state = JobState.AVAILABLE;
        job.position = ++lastPosition;
        offer(job);
    }

    /** At its position. */
    private void offer(StoredJob job) {
        if (job.suspicion == Suspicion.NONE) {
            available.add(job);
        } else {
            suspects.add(job);
        }
    }

    @Override
    public synchronized Claimed claim(ClaimRequest request) {
        List<Lease> held = leases.values().stream()
                .filter(lease -> lease.claimId.equals(request.claimId()))
                .map(HeldLease::view)
                .toList();
        if (!held.isEmpty()) {
            return new Claimed(held, Left.MORE);
        }
        Basket basket = new Basket(request);
        if (request.suspects()) {
            takeSuspects(basket);
        }
        List<StoredJob> wanted = available.stream()
                .filter(job -> request.lanes().contains(job.job.lane()))
                .sorted(Comparator.<StoredJob>comparingInt(job -> job.job.priority())
                        .thenComparingInt(job -> request.lanes().indexOf(job.job.lane()))
                        .thenComparing(BY_POSITION))
                .limit(request.maxJobs())
                .toList();
        for (StoredJob job : wanted) {
            if (!basket.take(job)) {
                break;
            }
            available.remove(job);
        }
        return new Claimed(basket.lease(), isAnyLeft(request) ? Left.MORE : Left.NOTHING);
    }

    @Override
    public synchronized Handover enqueueAndClaim(NewJob job, ClaimRequest request) {
        Enqueued answer = enqueue(job);
        StoredJob stored = jobs.get(job.id());
        boolean fresh = answer instanceof Enqueued.Accepted
                && leases.values().stream().noneMatch(lease -> lease.claimId.equals(request.claimId()));
        if (stored == null || !fresh || job.uniqueKey() != null || !available.remove(stored)) {
            return new Handover(answer, null);
        }
        Basket basket = new Basket(request);
        basket.take(stored);
        return new Handover(answer, basket.lease().getFirst());
    }

    private boolean isAnyLeft(ClaimRequest request) {
        Predicate<StoredJob> wanted = job -> request.lanes().contains(job.job.lane());
        return available.stream().anyMatch(wanted)
                || (request.suspects() && suspects.stream().anyMatch(wanted));
    }

    private void takeSuspects(Basket basket) {
        Predicate<StoredJob> wanted = job -> basket.request.lanes().contains(job.job.lane());
        Optional<StoredJob> most = suspects.stream().filter(wanted).findFirst();
        if (most.isEmpty()) {
            return;
        }
        int together = most.get().suspicion == Suspicion.ALONE ? 1 : SUSPECTS_TOGETHER;
        List<StoredJob> group = suspects.stream()
                .filter(job -> LeaseKey.of(job).equals(LeaseKey.of(most.get())))
                .limit(together)
                .toList();
        for (StoredJob job : group) {
            if (basket.take(job)) {
                suspects.remove(job);
            }
        }
    }

    @Override
    public synchronized List<Settled> settle(List<Settlement> settlements) {
        Checks.range("settlements", settlements.size(), 0, BATCH_JOBS);
        return settlements.stream()
                .map(each ->
                        new Settled(each.lease(), each.job(), accepts(each) ? Answer.ACCEPTED : Answer.STALE_LEASE))
                .toList();
    }

    private boolean accepts(Settlement settlement) {
        HeldLease lease = leases.get(settlement.lease());
        StoredJob job = lease == null ? null : lease.jobs.remove(settlement.job());
        if (lease == null || job == null) {
            return false;
        }
        if (lease.jobs.isEmpty()) {
            leases.remove(lease.id);
        }
        switch (settlement.outcome()) {
            case Outcome.Completed completed -> {
                job.result = completed.result();
                finish(job, JobState.COMPLETED);
            }
            case Outcome.Discard(Failure failure) -> {
                job.lastRun = lease.run(job.attempt, Ended.FAILED, clock.instant(), failure);
                job.failure = failure;
                finish(job, JobState.DISCARDED);
            }
            case Outcome.Cancelled(Failure reason) -> {
                job.lastRun = lease.run(job.attempt, Ended.CANCELLED, clock.instant(), reason);
                job.failure = reason;
                finish(job, JobState.CANCELLED);
            }
            case Outcome.Retry(Duration after, Failure failure) -> {
                job.attempts.add(lease.run(job.attempt, Ended.FAILED, clock.instant(), failure));
                job.suspicion = Suspicion.NONE;
                makeWait(job, JobState.RETRYABLE, clock.instant().plus(after));
            }
            case Outcome.Snooze(Duration after) -> {
                job.attempts.add(lease.run(job.attempt, Ended.SNOOZED, clock.instant(), null));
                job.attempt--;
                job.suspicion = Suspicion.NONE;
                makeWait(job, JobState.SCHEDULED, clock.instant().plus(after));
            }
            case Outcome.Release() -> {
                job.attempts.add(lease.run(job.attempt, Ended.RELEASED, clock.instant(), null));
                job.attempt--;
                makeAvailable(job);
            }
        }
        return true;
    }

    private void finish(StoredJob job, JobState state) {
        job.state = state;
        job.finishedAt = clock.instant();
    }

    @Override
    public synchronized Turn settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        return new Turn(settle(settlements), claim(request));
    }

    @Override
    public synchronized List<Renewed> renew(List<LeaseId> held, Duration duration) {
        Checks.range("lease", duration, ClaimRequest.SHORTEST_LEASE, ClaimRequest.LONGEST_LEASE);
        Checks.range("leases", held.size(), 0, BATCH_JOBS);
        Instant end = clock.instant().plus(duration);
        return held.stream()
                .map(id -> {
                    HeldLease lease = leases.get(id);
                    if (lease != null) {
                        lease.expiresAt = end;
                    }
                    return new Renewed(id, lease != null ? Renewed.Answer.RENEWED : Renewed.Answer.GONE);
                })
                .toList();
    }

    @Override
    public synchronized Promoted promote(int max) {
        Checks.range("max", max, 1, BATCH_JOBS);
        Instant now = clock.instant();
        Map<Lane, Integer> moved = new HashMap<>();
        List<StoredJob> due = waiting.stream()
                .takeWhile(job -> !job.dueAt.isAfter(now))
                .limit(max)
                .toList();
        for (StoredJob job : due) {
            waiting.remove(job);
            makeAvailable(job);
            moved.merge(job.job.lane(), 1, Integer::sum);
        }
        return new Promoted(moved);
    }

    @Override
    public synchronized Reclaimed reclaim(int max) {
        Checks.range("max", max, 1, BATCH_JOBS);
        Instant now = clock.instant();
        Map<Lane, Integer> back = new HashMap<>();
        Map<JobId, Lane> discarded = new HashMap<>();
        List<HeldLease> ended = leases.values().stream()
                .filter(lease -> !lease.expiresAt.isAfter(now))
                .limit(max)
                .toList();
        for (HeldLease lease : ended) {
            leases.remove(lease.id);
            for (StoredJob job : lease.jobs.values()) {
                int attempt = job.attempt;
                if (takeBack(job, lease.suspicion)) {
                    back.merge(job.job.lane(), 1, Integer::sum);
                } else {
                    discarded.put(job.job.id(), job.job.lane());
                }
                job.attempts.add(lease.run(attempt, Ended.LOST, now, job.failure));
            }
        }
        return new Reclaimed(back, discarded);
    }

    /** Whether the job may run again. */
    private boolean takeBack(StoredJob job, Suspicion ranAs) {
        job.suspicion = ranAs.raised();
        if (ranAs == Suspicion.ALONE) {
            job.crashes++;
        } else {
            job.attempt--;
        }
        boolean crashedOut = job.crashes >= CRASH_LIMIT;
        if (crashedOut || job.attempt >= job.maxAttempts) {
            job.failure = Failure.of("its worker died or hung while it ran alone: crash " + job.crashes + " of at most "
                    + CRASH_LIMIT + ", attempt " + job.attempt + " of at most " + job.maxAttempts);
            finish(job, JobState.DISCARDED);
            return false;
        }
        makeAvailable(job);
        return true;
    }

    @Override
    public <T> Optional<T> feature(Class<T> facet) {
        return facet == Inspect.class || facet == Operate.class || facet == Prune.class
                ? Optional.of(facet.cast(this))
                : Optional.empty();
    }

    @Override
    public synchronized Pruned prune(Retention retention, int max) {
        Checks.range("max", max, 1, BATCH_JOBS);
        Instant now = clock.instant();
        List<StoredJob> over = jobs.values().stream()
                .filter(job -> isOver(job, retention, now))
                .limit(max)
                .toList();
        over.forEach(job -> jobs.remove(job.job.id()));
        // A key that is not held belongs to nobody, but to its last holder if that is retried by hand: so as long as
        // that is there.
        holders.values().removeIf(holder -> !holds(holder) && (holder.until != null || !jobs.containsKey(holder.job)));
        return new Pruned(numbers(over), over.size() == max);
    }

    @Override
    public synchronized Pruned due(Retention retention) {
        Instant now = clock.instant();
        return new Pruned(
                numbers(jobs.values().stream()
                        .filter(job -> isOver(job, retention, now))
                        .toList()),
                false);
    }

    @Override
    public void again() {
        // Every call looks at everything.
    }

    private static Map<Lane, Map<JobState, Long>> numbers(List<StoredJob> jobs) {
        Map<Lane, Map<JobState, Long>> numbers = new HashMap<>();
        for (StoredJob job : jobs) {
            numbers.computeIfAbsent(job.job.lane(), lane -> new EnumMap<>(JobState.class))
                    .merge(job.state, 1L, Long::sum);
        }
        return numbers;
    }

    private static boolean isOver(StoredJob job, Retention retention, Instant now) {
        Duration kept = job.state.isFinal() ? retention.of(job.state) : null;
        return kept != null
                && job.finishedAt != null
                && !job.finishedAt.plus(kept).isAfter(now);
    }

    @Override
    public synchronized List<Operated> cancel(TenantName tenant, List<JobId> ids) {
        return operated(tenant, ids, this::cancels);
    }

    @Override
    public synchronized List<Operated> retry(TenantName tenant, List<JobId> ids) {
        return operated(tenant, ids, this::retries);
    }

    private List<Operated> operated(TenantName tenant, List<JobId> ids, Predicate<StoredJob> verb) {
        Checks.range("ids", ids.size(), 0, BATCH_JOBS);
        List<Operated> answers = new ArrayList<>(ids.size());
        for (JobId id : ids) {
            StoredJob job = jobs.get(id);
            if (job == null || !job.job.lane().tenant().equals(tenant)) {
                answers.add(new Operated.NotFound(id));
            } else {
                boolean done = verb.test(job);
                answers.add(
                        done
                                ? new Operated.Done(id, job.job.lane(), job.state)
                                : new Operated.NotAllowed(id, job.state));
            }
        }
        return answers;
    }

    private boolean cancels(StoredJob job) {
        if (job.state == JobState.RUNNING || job.state.isFinal()) {
            return false;
        }
        leave(job);
        job.failure = Failure.of("cancelled by hand while it was " + job.state.word());
        finish(job, JobState.CANCELLED);
        return true;
    }

    private boolean retries(StoredJob job) {
        if (job.state == JobState.AVAILABLE) {
            return true;
        }
        if (job.state == JobState.RUNNING || job.state == JobState.COMPLETED || job.attempt >= MOST_ATTEMPTS) {
            return false;
        }
        leave(job);
        if (job.lastRun != null) {
            job.attempts.add(job.lastRun);
        }
        job.lastRun = null;
        job.failure = null;
        job.finishedAt = null;
        job.crashes = 0;
        job.suspicion = Suspicion.NONE;
        job.maxAttempts = Math.max(job.maxAttempts, job.attempt + 1);
        makeAvailable(job);
        return true;
    }

    @Override
    public synchronized List<Operated> amend(TenantName tenant, List<JobId> ids, Amendment amendment) {
        return operated(tenant, ids, job -> amends(job, amendment));
    }

    private boolean amends(StoredJob job, Amendment amendment) {
        if (job.state == JobState.RUNNING || job.state.isFinal()) {
            return false;
        }
        NewJob now = job.job;
        switch (amendment) {
            case Amendment.Reschedule(Due due) -> reschedule(job, due);
            case Amendment.Reprioritise(int priority) -> {
                if (priority != now.priority()) {
                    replace(job, now.lane(), now.payload(), priority, true);
                }
            }
            case Amendment.Move(QueueName queue) -> {
                if (!queue.equals(now.lane().queue())) {
                    Lane lane = new Lane(now.lane().tenant(), queue, now.lane().kind());
                    replace(job, lane, now.payload(), now.priority(), true);
                }
            }
            case Amendment.ReplacePayload(Payload payload) -> replace(job, now.lane(), payload, now.priority(), false);
        }
        return true;
    }

    private void reschedule(StoredJob job, Due due) {
        Instant now = clock.instant();
        Instant at = at(due, now);
        if (at.isAfter(now) || job.state != JobState.AVAILABLE) {
            leave(job);
            job.suspicion = Suspicion.NONE;
            makeDue(job, at, now);
        }
    }

    /** @param behind whether it comes behind what is available in its new place */
    private void replace(StoredJob job, Lane lane, Payload payload, int priority, boolean behind) {
        leave(job);
        NewJob was = job.job;
        job.job = new NewJob(
                was.id(), was.nonce(), lane, payload, priority, was.maxAttempts(), was.due(), was.uniqueKey());
        if (job.state != JobState.AVAILABLE) {
            makeWait(job, job.state, job.dueAt);
        } else if (behind) {
            makeAvailable(job);
        } else {
            offer(job);
        }
    }

    /** Out of where it waits, if it does: to be called before anything that its place there depends on is changed. */
    private void leave(StoredJob job) {
        available.remove(job);
        suspects.remove(job);
        waiting.remove(job);
    }

    @Override
    public synchronized List<JobRecord> find(TenantName tenant, List<JobId> ids) {
        Checks.range("ids", ids.size(), 0, JobQuery.MOST);
        return ids.stream()
                .map(jobs::get)
                .filter(job -> job != null && job.job.lane().tenant().equals(tenant))
                .map(StoredJob::view)
                .toList();
    }

    @Override
    public synchronized List<JobHead> list(JobQuery query) {
        NavigableMap<JobId, StoredJob> all = query.order() == Order.OLDEST_FIRST ? jobs : jobs.descendingMap();
        Map<JobId, StoredJob> from = query.after() == null ? all : all.tailMap(query.after(), false);
        return from.values().stream()
                .filter(job -> matches(job, query))
                .limit(query.limit())
                .map(job -> job.view().head())
                .toList();
    }

    private static boolean matches(StoredJob job, JobQuery query) {
        Lane lane = job.job.lane();
        return lane.tenant().equals(query.tenant())
                && (query.queue() == null || lane.queue().equals(query.queue()))
                && (query.kind() == null || lane.kind().equals(query.kind()))
                && query.states().contains(job.state);
    }

    @Override
    public synchronized List<QueueName> queueNames(TenantName tenant) {
        return jobs.values().stream()
                .filter(job -> job.job.lane().tenant().equals(tenant))
                .map(job -> job.job.lane().queue())
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public synchronized Map<JobState, Long> counts(TenantName tenant, QueueName queue) {
        return counted(tenant).getOrDefault(queue, Map.of());
    }

    @Override
    public synchronized Map<JobState, Long> counts(TenantName tenant) {
        Map<JobState, Long> all = new EnumMap<>(JobState.class);
        counted(tenant).values().forEach(queue -> queue.forEach((state, count) -> all.merge(state, count, Long::sum)));
        return all;
    }

    @Override
    public synchronized List<QueueCounts> queues(TenantName tenant, @Nullable QueueName after, int limit) {
        Checks.range("limit", limit, 1, MOST_QUEUES);
        NavigableMap<QueueName, Map<JobState, Long>> all = counted(tenant);
        return (after == null ? all : all.tailMap(after, false))
                .entrySet().stream()
                        .limit(limit)
                        .map(each -> new QueueCounts(each.getKey(), each.getValue()))
                        .toList();
    }

    private NavigableMap<QueueName, Map<JobState, Long>> counted(TenantName tenant) {
        NavigableMap<QueueName, Map<JobState, Long>> counts = new TreeMap<>();
        for (StoredJob job : jobs.values()) {
            Lane lane = job.job.lane();
            if (lane.tenant().equals(tenant)) {
                counts.computeIfAbsent(lane.queue(), queue -> new EnumMap<>(JobState.class))
                        .merge(job.state, 1L, Long::sum);
            }
        }
        return counts;
    }

    @Override
    public void close() {
        // Holds nothing outside the heap.
    }

    private record LaneKey(Lane lane, String key) {}

    /** @param until null: until the job has ended */
    private record Holder(JobId job, @Nullable Instant until) {}

    /** What all jobs of one lease have in common. */
    private record LeaseKey(Lane lane, int priority, int attempt, Suspicion suspicion) {
        static LeaseKey of(StoredJob job) {
            return new LeaseKey(job.job.lane(), job.job.priority(), job.attempt, job.suspicion);
        }
    }

    /** The jobs that one claim takes, within its bounds. */
    private final class Basket {
        private final ClaimRequest request;
        private final Map<LeaseKey, List<StoredJob>> taken = new LinkedHashMap<>();
        private int count;
        private long bytes;

        Basket(ClaimRequest request) {
            this.request = request;
        }

        boolean take(StoredJob job) {
            long size = job.job.payload().size();
            if (count >= request.maxJobs() || (count > 0 && bytes + size > request.maxBytes())) {
                return false;
            }
            count++;
            bytes += size;
            taken.computeIfAbsent(LeaseKey.of(job), key -> new ArrayList<>()).add(job);
            return true;
        }

        List<Lease> lease() {
            List<Lease> made = new ArrayList<>();
            for (List<StoredJob> alike : taken.values()) {
                for (int from = 0; from < alike.size(); from += LEASE_JOBS) {
                    made.add(lease(alike.subList(from, Math.min(alike.size(), from + LEASE_JOBS)))
                            .view());
                }
            }
            return made;
        }

        private HeldLease lease(List<StoredJob> members) {
            Instant now = clock.instant();
            HeldLease lease = new HeldLease(request, new LeaseId(++lastLease), now, members);
            leases.put(lease.id, lease);
            for (StoredJob job : members) {
                job.state = JobState.RUNNING;
                job.attempt++;
                job.startedAt = now;
                job.worker = request.worker();
            }
            return lease;
        }
    }

    private static final class HeldLease {
        final LeaseId id;
        final UUID claimId;
        final int worker;
        final Instant startedAt;
        final Suspicion suspicion;
        final Map<JobId, StoredJob> jobs = new TreeMap<>();
        Instant expiresAt;

        HeldLease(ClaimRequest request, LeaseId id, Instant now, List<StoredJob> members) {
            this.id = id;
            claimId = request.claimId();
            worker = request.worker();
            startedAt = now;
            suspicion = members.getFirst().suspicion;
            expiresAt = now.plus(request.lease());
            members.forEach(job -> jobs.put(job.job.id(), job));
        }

        /** The run of a job that ends now. */
        AttemptRecord run(int attempt, Ended how, Instant now, @Nullable Failure why) {
            return new AttemptRecord(id, attempt, how, worker, startedAt, now, why);
        }

        Lease view() {
            StoredJob first = jobs.values().iterator().next();
            List<Claim> claims = jobs.values().stream()
                    .map(job -> new Claim(job.job.id(), job.job.payload(), job.maxAttempts))
                    .toList();
            return new Lease(
                    id,
                    first.job.lane(),
                    first.job.priority(),
                    first.attempt,
                    suspicion != Suspicion.NONE,
                    expiresAt,
                    claims);
        }
    }
}
