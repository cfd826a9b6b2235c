package dev.leat.redis;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.AttemptRecord;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobQuery.Order;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.QueueCounts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks at jobs.
 *
 * <p>A list is as of one moment if its jobs are on the first {@value #PAGES} pages of ids that are looked at, else as of several: a
 * script that looked at everything would hold up everybody.
 */
final class Inspection implements Inspect {
    private static final int PAGES = 64;

    private final RedisLink link;
    private final JobLayout layout;

    Inspection(RedisLink link, JobLayout layout) {
        this.link = link;
        this.layout = layout;
    }

    @Override
    public List<JobRecord> find(TenantName tenant, List<JobId> ids) {
        Checks.range("ids", ids.size(), 0, JobQuery.MOST);
        Arguments arguments = new Arguments().add(tenant.value());
        ids.forEach(id -> arguments.add(Ids.text(id)));
        Reply reply = link.run(layout.script("find"), arguments);
        List<JobRecord> found = new ArrayList<>();
        while (reply.hasMore()) {
            found.add(record(reply.list()));
        }
        return found;
    }

    private static JobRecord record(Reply reply) {
        JobId id = Ids.id(reply.next());
        Lane lane = Ids.lane(reply.next());
        JobState state = state(reply.number());
        int priority = reply.number();
        int attempt = reply.number();
        int maxAttempts = reply.number();
        int crashes = reply.number();
        Instant createdAt = reply.instant();
        Instant at = reply.instant();
        Instant startedAt = reply.instant();
        int worker = reply.number();
        boolean ran = reply.longNumber() > 0;
        Payload payload = Bodies.unpack(reply.bytes(), 1).getFirst();
        byte[] own = reply.bytes();
        byte[] note = reply.bytes();
        return new JobRecord(
                id,
                lane,
                state,
                priority,
                own.length == 0 ? payload : Bodies.one(own),
                attempt,
                maxAttempts,
                crashes,
                createdAt,
                waits(state) ? at : null,
                ran ? startedAt : null,
                state.isFinal() ? at : null,
                ran ? worker : null,
                state == JobState.COMPLETED && note.length > 0 ? Bodies.one(note) : null,
                state == JobState.COMPLETED ? null : Notes.failure(note),
                attempts(reply.list()));
    }

    private static List<AttemptRecord> attempts(Reply reply) {
        List<AttemptRecord> attempts = new ArrayList<>();
        while (reply.hasMore()) {
            LeaseId lease = new LeaseId(reply.longNumber());
            int attempt = reply.number();
            Ended ended = ended(reply.number());
            int worker = reply.number();
            attempts.add(new AttemptRecord(
                    lease, attempt, ended, worker, reply.instant(), reply.instant(), Notes.failure(reply.bytes())));
        }
        return attempts;
    }

    private static Ended ended(int code) {
        return switch (code) {
            case 1 -> Ended.FAILED;
            case 2 -> Ended.SNOOZED;
            case 3 -> Ended.RELEASED;
            case 4 -> Ended.LOST;
            case 5 -> Ended.CANCELLED;
            default -> throw new IllegalStateException("a run that ended as " + code);
        };
    }

    static JobState state(int code) {
        return switch (code) {
            case 1 -> JobState.SCHEDULED;
            case 2 -> JobState.AVAILABLE;
            case 3 -> JobState.RUNNING;
            case 4 -> JobState.RETRYABLE;
            case 5 -> JobState.COMPLETED;
            case 6 -> JobState.DISCARDED;
            case 7 -> JobState.CANCELLED;
            default -> throw new IllegalStateException("a job in state " + code);
        };
    }

    private static int code(JobState state) {
        return switch (state) {
            case SCHEDULED -> 1;
            case AVAILABLE -> 2;
            case RUNNING -> 3;
            case RETRYABLE -> 4;
            case COMPLETED -> 5;
            case DISCARDED -> 6;
            case CANCELLED -> 7;
        };
    }

    private static boolean waits(JobState state) {
        return state == JobState.SCHEDULED || state == JobState.RETRYABLE;
    }

    @Override
    public List<JobHead> list(JobQuery query) {
        StringBuilder states = new StringBuilder();
        query.states().forEach(state -> states.append(code(state)));
        List<JobHead> heads = new ArrayList<>();
        String after = query.after() == null ? "" : Ids.text(query.after());
        do {
            Reply reply = link.run(
                    layout.script("list"),
                    new Arguments()
                            .add(query.tenant().value())
                            .add(query.queue() == null ? "" : query.queue().value())
                            .add(query.kind() == null ? "" : query.kind().value())
                            .add(states.toString())
                            .add(query.order() == Order.NEWEST_FIRST ? 1 : 0)
                            .add(after)
                            .add(query.limit() - heads.size())
                            .add(PAGES));
            after = reply.text();
            Reply page = reply.list();
            while (page.hasMore()) {
                heads.add(head(page.list()));
            }
        } while (!after.isEmpty() && heads.size() < query.limit());
        return heads;
    }

    private static JobHead head(Reply reply) {
        JobId id = Ids.id(reply.next());
        Lane lane = Ids.lane(reply.next());
        JobState state = state(reply.number());
        int priority = reply.number();
        int attempt = reply.number();
        int maxAttempts = reply.number();
        int crashes = reply.number();
        Instant createdAt = reply.instant();
        Instant at = reply.instant();
        Instant startedAt = reply.instant();
        int worker = reply.number();
        boolean ran = worker >= 0;
        Failure failure = Notes.failure(reply.bytes());
        return new JobHead(
                id,
                lane,
                state,
                priority,
                attempt,
                maxAttempts,
                crashes,
                createdAt,
                waits(state) ? at : null,
                ran ? startedAt : null,
                state.isFinal() ? at : null,
                ran ? worker : null,
                failure == null ? null : failure.message());
    }

    @Override
    public Map<JobState, Long> counts(TenantName tenant, QueueName queue) {
        return counted(tenant.value() + "/" + queue.value() + "/").getOrDefault(queue, Map.of());
    }

    @Override
    public List<QueueName> queueNames(TenantName tenant) {
        return List.copyOf(counted(of(tenant)).keySet());
    }

    @Override
    public Map<JobState, Long> counts(TenantName tenant) {
        Map<JobState, Long> all = new EnumMap<>(JobState.class);
        counted(of(tenant))
                .values()
                .forEach(queue -> queue.forEach((state, jobs) -> all.merge(state, jobs, Long::sum)));
        return all;
    }

    @Override
    public List<QueueCounts> queues(TenantName tenant, @Nullable QueueName after, int limit) {
        Checks.range("limit", limit, 1, MOST_QUEUES);
        NavigableMap<QueueName, Map<JobState, Long>> all = counted(of(tenant));
        return (after == null ? all : all.tailMap(after, false))
                .entrySet().stream()
                        .limit(limit)
                        .map(each -> new QueueCounts(each.getKey(), each.getValue()))
                        .toList();
    }

    private static String of(TenantName tenant) {
        return tenant.value() + "/";
    }

    /** @param prefix of the names of lanes, with a slash at its end */
    private NavigableMap<QueueName, Map<JobState, Long>> counted(String prefix) {
        NavigableMap<QueueName, Map<JobState, Long>> counts = new TreeMap<>();
        Reply reply = link.run(layout.script("counts"), new Arguments().add(prefix));
        while (reply.hasMore()) {
            Reply of = reply.list();
            Lane lane = Ids.lane(of.next());
            Map<JobState, Long> queue = counts.computeIfAbsent(lane.queue(), name -> new EnumMap<>(JobState.class));
            for (int code = 1; of.hasMore(); code++) {
                long jobs = of.longNumber();
                if (jobs > 0) {
                    queue.merge(state(code), jobs, Long::sum);
                }
            }
        }
        return counts;
    }
}
