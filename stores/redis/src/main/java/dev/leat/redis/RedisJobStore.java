package dev.leat.redis;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.StoreException;
import dev.leat.api.store.Capabilities;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Health;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Promoted;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Reclaimed;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Replay;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Turn;
import dev.leat.api.store.Wakeups;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Jobs in Redis 6.2 or later, or in what speaks as it does. Each verb is one script, so atomic; all callers share one connection.
 *
 * <p>At opening and then once a minute, before jobs are stored, the server's settings are read: a server that would lose what it
 * may not lose is refused, and so are new jobs until the setting is put right.
 */
public final class RedisJobStore implements JobStore {
    private static final int RECLAIM_STEP = 10;

    private final RedisConfig config;
    private final RedisLink link;
    private final JobLayout layout;
    private final RedisWakeups wakeups;
    private final Turns turns;
    private final Capabilities capabilities;
    private final SettingsGuard guard;

    RedisJobStore(RedisConfig config, RedisLink link, ServerSettings settings, JobLayout layout) {
        this.config = config;
        this.link = link;
        this.layout = layout;
        guard = new SettingsGuard(config, () -> ServerSettings.of(link), System::nanoTime);
        wakeups = new RedisWakeups(link);
        turns = new Turns(link, wakeups, layout);
        Set<Capability> all = EnumSet.of(
                Capability.DELAY,
                Capability.PRIORITY,
                Capability.BATCH_ENQUEUE,
                Capability.INSPECTION,
                Capability.OPERATION,
                Capability.RETENTION,
                Capability.UNIQUE_KEY,
                Capability.WAKEUPS);
        if (config.streams() != null) {
            all.add(Capability.REPLAY);
        }
        capabilities = Capabilities.natively(
                settings.flavour().word() + (config.streams() == null ? "" : "-streams"), settings.durability(), all);
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public Health health() {
        try {
            ServerSettings settings = guard.check();
            String what = settings.flavour() + " " + settings.version() + " at " + config.url() + ", durability "
                    + settings.durability();
            if (settings.settings().isEmpty()) {
                return new Health(
                        Health.Status.DEGRADED,
                        what + " for all that is known: the user may not ask for settings; allow +config|get");
            }
            return new Health(Health.Status.HEALTHY, what);
        } catch (StoreException e) {
            return new Health(Health.Status.UNHEALTHY, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Instant time() {
        return Instant.ofEpochMilli(link.time());
    }

    @Override
    public List<Enqueued> enqueue(List<NewJob> jobs) {
        Checks.range("jobs", jobs.size(), 0, BATCH_JOBS);
        guard.require();
        return Enqueuing.of(link, wakeups, layout, jobs);
    }

    @Override
    public Claimed claim(ClaimRequest request) {
        return turns.turn(List.of(), request).claimed();
    }

    @Override
    public List<Settled> settle(List<Settlement> settlements) {
        Checks.range("settlements", settlements.size(), 0, BATCH_JOBS);
        return turns.turn(settlements, null).settled();
    }

    @Override
    public Turn settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        Checks.range("settlements", settlements.size(), 0, BATCH_JOBS);
        return turns.turn(settlements, request);
    }

    @Override
    public List<Renewed> renew(List<LeaseId> held, Duration lease) {
        Checks.range("lease", lease, ClaimRequest.SHORTEST_LEASE, ClaimRequest.LONGEST_LEASE);
        Checks.range("leases", held.size(), 0, BATCH_JOBS);
        if (held.isEmpty()) {
            return List.of();
        }
        Arguments arguments = new Arguments().add(Arguments.millis(lease));
        held.forEach(id -> arguments.add(id.value()));
        Reply reply = link.run(layout.script("renew"), arguments);
        return held.stream()
                .map(id -> new Renewed(id, reply.number() == 1 ? Renewed.Answer.RENEWED : Renewed.Answer.GONE))
                .toList();
    }

    @Override
    public Promoted promote(int max) {
        Checks.range("max", max, 1, BATCH_JOBS);
        Map<Lane, Integer> moved = new HashMap<>();
        RedisLink.Progress progress = new RedisLink.Progress();
        for (int left = max; left > 0; ) {
            int step = Math.min(left, Turns.STEP);
            Arguments arguments = new Arguments().add(step);
            Reply reply = progress.step(() -> link.run(layout.script("promote"), arguments));
            int jobs = addLanes(reply, moved);
            left -= jobs;
            if (jobs < step) {
                break;
            }
        }
        wakeups.available(moved.keySet());
        return new Promoted(moved);
    }

    private static int addLanes(Reply reply, Map<Lane, Integer> moved) {
        int total = 0;
        while (reply.hasMore()) {
            Lane lane = Ids.lane(reply.next());
            int jobs = reply.number();
            moved.merge(lane, jobs, Integer::sum);
            total += jobs;
        }
        return total;
    }

    @Override
    public Reclaimed reclaim(int max) {
        Checks.range("max", max, 1, BATCH_JOBS);
        Map<Lane, Integer> available = new HashMap<>();
        Map<JobId, Lane> discarded = new HashMap<>();
        RedisLink.Progress progress = new RedisLink.Progress();
        for (int left = max; left > 0; ) {
            int step = Math.min(left, RECLAIM_STEP);
            Arguments arguments = new Arguments().add(step).add(CRASH_LIMIT);
            Reply reply = progress.step(() -> link.run(layout.script("reclaim"), arguments));
            int leases = reply.number();
            addLanes(reply.list(), available);
            Reply ended = reply.list();
            while (ended.hasMore()) {
                discarded.put(Ids.id(ended.next()), Ids.lane(ended.next()));
            }
            left -= leases;
            if (leases < step) {
                break;
            }
        }
        wakeups.available(available.keySet());
        return new Reclaimed(available, discarded);
    }

    @Override
    public <T> Optional<T> feature(Class<T> facet) {
        if (facet == Inspect.class) {
            return Optional.of(facet.cast(new Inspection(link, layout)));
        }
        if (facet == Operate.class) {
            return Optional.of(facet.cast(new Operations(link, wakeups, layout)));
        }
        if (facet == Prune.class) {
            return Optional.of(facet.cast(new Pruning(link, layout)));
        }
        if (facet == Wakeups.class) {
            return Optional.of(facet.cast(wakeups));
        }
        if (facet == Replay.class && config.streams() != null) {
            return Optional.of(facet.cast(new Replaying(link, layout)));
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        wakeups.close(); // the connection belongs to RedisStores, which made it for both stores
    }
}
