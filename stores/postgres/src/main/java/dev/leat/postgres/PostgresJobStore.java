package dev.leat.postgres;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.StoreException;
import dev.leat.api.store.Capabilities;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Handover;
import dev.leat.api.store.Health;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Promoted;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Reclaimed;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Transactional;
import dev.leat.api.store.Turn;
import dev.leat.api.store.Wakeups;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps jobs in PostgreSQL. Jobs travel in blocks of contiguous ids: what is enqueued together is stored, claimed, leased and
 * settled together, and split only when something happens to one job.
 *
 * <p>The tables: {@code job} holds each job once; where it is in its life is told by {@code ready}, {@code suspect}, {@code
 * scheduled}, {@code lease} or {@code done}, of which exactly one has it.
 */
public final class PostgresJobStore implements JobStore {
    /** From so many jobs on, the three more round trips of a COPY pay. */
    private static final int COPIED_FROM = 512;

    /** From so many jobs on, two connections that work at once save more than one commit instead of two. */
    private static final int APART_FROM = 128;

    private final Database database;
    private final Lanes lanes;
    private final Enqueuer enqueuer;
    private final Claims claims;
    private final Upkeep upkeep;
    private final JobReader reader;
    private final Pruning pruning;
    private final Optional<PostgresWakeups> wakeups;
    private final Capabilities capabilities;

    PostgresJobStore(
            Database database, Lanes lanes, Steps steps, Optional<PostgresWakeups> wakeups, Partitions partitions) {
        this.database = database;
        this.lanes = lanes;
        this.wakeups = wakeups;
        enqueuer = new Enqueuer(database, lanes);
        claims = new Claims(database, lanes);
        upkeep = new Upkeep(database, lanes, steps);
        reader = new JobReader(database);
        pruning = new Pruning(database, lanes, partitions);
        Set<Capability> all = EnumSet.of(
                Capability.DELAY,
                Capability.PRIORITY,
                Capability.BATCH_ENQUEUE,
                Capability.TRANSACTIONAL_ENQUEUE,
                Capability.TRANSACTIONAL_COMPLETION,
                Capability.INSPECTION,
                Capability.OPERATION,
                Capability.RETENTION,
                Capability.UNIQUE_KEY);
        if (wakeups.isPresent()) {
            all.add(Capability.WAKEUPS);
        }
        capabilities =
                Capabilities.natively("postgres", ServerSettings.of(database).durability(), all);
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public Health health() {
        try {
            return heard(ServerSettings.of(database).health());
        } catch (StoreException e) {
            return new Health(Health.Status.UNHEALTHY, String.valueOf(e.getMessage()));
        }
    }

    /** With what is wrong with wake-ups, if there is nothing worse. */
    private Health heard(Health health) {
        if (health.status() != Health.Status.HEALTHY) {
            return health;
        }
        if (database.isPooled()) {
            return new Health(
                    Health.Status.HEALTHY,
                    health.detail()
                            + " behind a transaction pooler: jobs of other processes are found by polling alone,"
                            + " and time-outs are those of the role");
        }
        return wakeups.flatMap(PostgresWakeups::problem)
                .map(problem -> new Health(
                        Health.Status.DEGRADED,
                        health.detail() + "; jobs of other processes are found by polling alone (" + problem + ")"))
                .orElse(health);
    }

    @Override
    public Instant time() {
        return database.time();
    }

    @Override
    public List<Enqueued> enqueue(List<NewJob> jobs) {
        Checks.range("jobs", jobs.size(), 0, BATCH_JOBS);
        if (jobs.isEmpty()) {
            return List.of();
        }
        internLanes(jobs);
        List<Enqueued> answers = stored(jobs);
        tellOf(jobs);
        return answers;
    }

    @Override
    public Handover enqueueAndClaim(NewJob job, ClaimRequest request) {
        if (!(job.due() instanceof Due.Now) || job.uniqueKey() != null) {
            return new Handover(enqueue(List.of(job)).getFirst(), null);
        }
        lanes.intern(Set.of(job.lane()));
        return database.statement(connection -> enqueuer.insertClaimed(connection, job, request))
                .map(lease -> new Handover(new Enqueued.Accepted(job.id()), lease))
                .orElseGet(() -> new Handover(enqueue(List.of(job)).getFirst(), null));
    }

    private List<Enqueued> stored(List<NewJob> jobs) {
        if (Enqueuer.anyIsUnique(jobs)) {
            return database.transaction(connection -> enqueuer.enqueue(connection, jobs));
        }
        return fresh(jobs).orElseGet(() -> inserted(jobs));
    }

    /** The fast ways, which fail if a job is known: then empty, with nothing done. */
    private Optional<List<Enqueued>> fresh(List<NewJob> jobs) {
        if (jobs.size() >= COPIED_FROM) {
            return database.transaction(connection -> enqueuer.copy(connection, jobs));
        }
        return jobs.stream().allMatch(job -> job.due() instanceof Due.Now)
                ? database.statement(connection -> enqueuer.insertDue(connection, jobs))
                : Optional.empty();
    }

    private void tellOf(List<NewJob> jobs) {
        wakeups.ifPresent(others -> {
            Set<Lane> available = new HashSet<>();
            jobs.forEach(job -> {
                if (!(job.due() instanceof Due.After)) {
                    available.add(job.lane());
                }
            });
            others.available(available, jobs.size());
        });
    }

    /** In one round trip, unless an id stands twice or is being taken by somebody else. */
    private List<Enqueued> inserted(List<NewJob> jobs) {
        if (jobs.stream().map(NewJob::id).distinct().count() < jobs.size()) {
            return database.transaction(connection -> enqueuer.enqueue(connection, jobs));
        }
        Map<JobId, Enqueued> answers = database.statement(connection -> enqueuer.insert(connection, jobs));
        List<NewJob> left =
                jobs.stream().filter(job -> !answers.containsKey(job.id())).toList();
        if (!left.isEmpty()) {
            Database.afterEffect(() -> database.transaction(connection -> enqueuer.enqueue(connection, left)))
                    .forEach(answer -> answers.put(answer.id(), answer));
        }
        return jobs.stream().map(job -> answers.get(job.id())).toList();
    }

    private void internLanes(List<NewJob> jobs) {
        Set<Lane> wanted = new HashSet<>();
        jobs.forEach(job -> wanted.add(job.lane()));
        lanes.intern(wanted);
    }

    @Override
    public Claimed claim(ClaimRequest request) {
        lanes.intern(request.lanes());
        return database.statements(connection -> claims.search(request).run(connection));
    }

    @Override
    public List<Settled> settle(List<Settlement> settlements) {
        Checks.range("settlements", settlements.size(), 0, BATCH_JOBS);
        if (settlements.isEmpty()) {
            return List.of();
        }
        List<Settled> answers = database.statement(connection -> {
            Settling settling = new Settling(settlements);
            settling.ask(database.call(connection, settling.statement())).rows(settling::add);
            return settling.answers();
        });
        tellOfReleased(settlements);
        return answers;
    }

    /** By a worker that stops, mostly. In which lanes they are is not known here. */
    private void tellOfReleased(List<Settlement> settlements) {
        if (settlements.stream().anyMatch(each -> each.outcome() instanceof Outcome.Release)) {
            wakeups.ifPresent(PostgresWakeups::committed);
        }
    }

    @Override
    public Turn settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        Checks.range("settlements", settlements.size(), 0, BATCH_JOBS);
        if (settlements.isEmpty() || request.lanes().isEmpty() || claims.areOverdue()) {
            List<Settled> settled = settle(settlements);
            return new Turn(settled, settled.isEmpty() ? claim(request) : Database.afterEffect(() -> claim(request)));
        }
        lanes.intern(request.lanes());
        if (settlements.size() >= APART_FROM && request.maxJobs() >= APART_FROM) {
            return Database.together(() -> settle(settlements), () -> claim(request), Turn::new);
        }
        Settling settling = new Settling(settlements);
        Claims.Search search = claims.search(request);
        database.statement(connection -> search.settleAndAsk(connection, settling));
        tellOfReleased(settlements);
        // Not with the first, or what was settled would be settled again when this has to be done once more.
        return new Turn(
                settling.answers(),
                search.isOver() ? search.claimed() : Database.afterEffect(() -> database.statements(search::run)));
    }

    @Override
    public List<Renewed> renew(List<LeaseId> held, Duration lease) {
        Checks.range("lease", lease, ClaimRequest.SHORTEST_LEASE, ClaimRequest.LONGEST_LEASE);
        Checks.range("leases", held.size(), 0, BATCH_JOBS);
        if (held.isEmpty()) {
            return List.of();
        }
        Map<Long, Renewed.Answer> answers = new HashMap<>();
        database.statement(connection -> database.call(connection, "renew")
                        .array(
                                "lids",
                                "int8",
                                held.stream().mapToLong(LeaseId::value).toArray())
                        .set("lease_seconds", Enqueuer.seconds(lease))
                        .rows(row -> Map.entry(
                                row.getLong("lid"),
                                row.getBoolean("renewed") ? Renewed.Answer.RENEWED : Renewed.Answer.BUSY)))
                .forEach(answer -> answers.put(answer.getKey(), answer.getValue()));
        return held.stream()
                .map(id -> new Renewed(id, answers.getOrDefault(id.value(), Renewed.Answer.GONE)))
                .toList();
    }

    @Override
    public Promoted promote(int max) {
        Checks.range("max", max, 1, BATCH_JOBS);
        Promoted promoted = upkeep.promote(max);
        tellOf(promoted.available());
        return promoted;
    }

    @Override
    public Reclaimed reclaim(int max) {
        Checks.range("max", max, 1, BATCH_JOBS);
        Reclaimed reclaimed = upkeep.reclaim(max);
        tellOf(reclaimed.available());
        return reclaimed;
    }

    private void tellOf(Map<Lane, Integer> available) {
        wakeups.ifPresent(others -> others.available(
                available.keySet(),
                available.values().stream().mapToInt(Integer::intValue).sum()));
    }

    @Override
    public <T> Optional<T> feature(Class<T> facet) {
        if (facet == Inspect.class) {
            return Optional.of(facet.cast(reader));
        }
        if (facet == Operate.class) {
            return Optional.of(facet.cast(new Operations(database, lanes, this::tellOf)));
        }
        if (facet == Prune.class) {
            return Optional.of(facet.cast(pruning));
        }
        if (facet == Transactional.class) {
            return Optional.of(facet.cast(new CallerTransaction(database, lanes, enqueuer, wakeups)));
        }
        if (facet == Wakeups.class) {
            return wakeups.map(facet::cast);
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        // The connections belong to PostgresStores, which made them for both stores.
    }
}
