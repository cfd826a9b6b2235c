package dev.leat.sqlite;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.AttemptRecord;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobQuery.Order;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.QueueCounts;
import dev.leat.sqlite.Session.Query;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Looks at jobs, each call as of one moment. Waits for no writer. */
final class JobReader implements Inspect {
    private static final Set<JobState> ANY = EnumSet.allOf(JobState.class);

    private final Readers readers;
    private final Lanes lanes;

    JobReader(Readers readers, Lanes lanes) {
        this.readers = readers;
        this.lanes = lanes;
    }

    // Whole jobs.

    @Override
    public List<JobRecord> find(TenantName tenant, List<JobId> ids) {
        Checks.range("ids", ids.size(), 0, JobQuery.MOST);
        if (ids.isEmpty()) {
            return List.of();
        }
        String asked = Ids.json(ids);
        Map<JobId, JobRecord> found = readers.read(session -> {
            Map<JobId, List<AttemptRecord>> attempts = attempts(session, asked);
            Map<JobId, JobRecord> jobs = new HashMap<>();
            session.query("records").set("ids", asked).each(row -> {
                JobRecord job = record(row, attempts);
                jobs.put(job.id(), job);
                return true;
            });
            return jobs;
        });
        return ids.stream()
                .map(found::get)
                .filter(job -> job != null && job.lane().tenant().equals(tenant))
                .toList();
    }

    private static Map<JobId, List<AttemptRecord>> attempts(Session session, String ids) throws SQLException {
        Map<JobId, List<AttemptRecord>> attempts = new HashMap<>();
        session.query("attempts").set("ids", ids).each(row -> {
            attempts.computeIfAbsent(new JobId(row.getLong("job")), job -> new ArrayList<>())
                    .add(new AttemptRecord(
                            new LeaseId(row.getLong("lease")),
                            row.getInt("attempt"),
                            Moves.ended(row.getInt("ended")),
                            row.getInt("worker"),
                            StoreTime.instant(row.getLong("started_at")),
                            StoreTime.instant(row.getLong("ended_at")),
                            failure(row)));
            return true;
        });
        return attempts;
    }

    private JobRecord record(ResultSet row, Map<JobId, List<AttemptRecord>> attempts) throws SQLException {
        JobHead head = head(row, null);
        Long resultType = Session.number(row, "result_type");
        Payload result =
                resultType == null ? null : Enqueuer.payload(Math.toIntExact(resultType), row.getBytes("result"));
        return new JobRecord(
                head.id(),
                head.lane(),
                head.state(),
                head.priority(),
                Enqueuer.payload(row.getInt("content_type"), row.getBytes("payload")),
                head.attempt(),
                head.maxAttempts(),
                head.crashes(),
                head.createdAt(),
                head.dueAt(),
                head.startedAt(),
                head.finishedAt(),
                head.worker(),
                result,
                failure(row),
                attempts.getOrDefault(head.id(), List.of()));
    }

    private static @Nullable Failure failure(ResultSet row) throws SQLException {
        String error = row.getString("error");
        return error == null ? null : new Failure(error, Objects.requireNonNullElse(row.getString("detail"), ""));
    }

    private JobHead head(ResultSet row, @Nullable String error) throws SQLException {
        Long worker = Session.number(row, "worker");
        return new JobHead(
                new JobId(row.getLong("id")),
                lanes.lane(row.getInt("lane")),
                JobState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getInt("priority"),
                row.getInt("attempt"),
                row.getInt("max_attempts"),
                row.getInt("crashes"),
                StoreTime.instant(row.getLong("created_at")),
                instant(row, "due"),
                instant(row, "started_at"),
                instant(row, "finished_at"),
                worker == null ? null : Math.toIntExact(worker),
                error);
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Long micros = Session.number(row, column);
        return micros == null ? null : StoreTime.instant(micros);
    }

    // Pages of jobs.

    @Override
    public List<JobHead> list(JobQuery query) {
        Comparator<JobId> order =
                query.order() == Order.OLDEST_FIRST ? Comparator.naturalOrder() : Comparator.reverseOrder();
        return readers.read(session -> {
            List<JobId> page = new Page(session, query)
                    .ids().stream().sorted(order).limit(query.limit()).toList();
            Map<JobId, JobHead> heads = new HashMap<>();
            session.query("heads").set("ids", Ids.json(page)).each(row -> {
                JobHead head = head(row, row.getString("error"));
                heads.put(head.id(), head);
                return true;
            });
            return page.stream()
                    .map(id -> Objects.requireNonNull(heads.get(id)))
                    .toList();
        });
    }

    /** The ids of a page: the first of each place where jobs of the states asked for are. */
    private static final class Page {
        private final Session session;
        private final JobQuery query;
        private final List<Integer> lanes;
        private final Set<JobId> ids = new TreeSet<>();

        Page(Session session, JobQuery query) throws SQLException {
            this.session = session;
            this.query = query;
            QueueName queue = query.queue();
            lanes = session.query("lanes_of")
                    .set("tenant", query.tenant().value())
                    .set("queue", queue == null ? null : queue.value())
                    .set("kind", query.kind() == null ? null : query.kind().value())
                    .rows(row -> row.getInt("lane"));
        }

        Set<JobId> ids() throws SQLException {
            if (query.states().equals(ANY)) {
                ofEachLane("list_all");
                return ids;
            }
            for (JobState state : query.states()) {
                switch (state) {
                    case AVAILABLE -> ofEachLane("list_available");
                    case COMPLETED -> ofEachLane("list_completed");
                    case DISCARDED, CANCELLED -> {
                        for (int lane : lanes) {
                            add(at("list_failed").set("lane", lane).set("state", Slot.end(state)));
                        }
                    }
                    case SCHEDULED -> add(ofLanes("list_waiting").set("retry", 0));
                    case RETRYABLE -> add(ofLanes("list_waiting").set("retry", 1));
                    case RUNNING -> add(ofLanes("list_running"));
                }
            }
            return ids;
        }

        private void ofEachLane(String name) throws SQLException {
            for (int lane : lanes) {
                add(at(name).set("lane", lane));
            }
        }

        private Query ofLanes(String name) throws SQLException {
            return at(name).set("lanes", Ids.numbers(lanes));
        }

        private Query at(String name) throws SQLException {
            boolean oldestFirst = query.order() == Order.OLDEST_FIRST;
            JobId after = query.after();
            long start = oldestFirst ? 0 : Long.MAX_VALUE;
            return session.query(oldestFirst ? name : name + "_newest")
                    .set("after", after == null ? start : after.value())
                    .set("most", query.limit());
        }

        private void add(Query page) throws SQLException {
            ids.addAll(page.rows(row -> new JobId(row.getLong("id"))));
        }
    }

    // Counts.

    @Override
    public Map<JobState, Long> counts(TenantName tenant, QueueName queue) {
        return counted(tenant, queue.value());
    }

    @Override
    public Map<JobState, Long> counts(TenantName tenant) {
        return counted(tenant, null);
    }

    private Map<JobState, Long> counted(TenantName tenant, @Nullable String queue) {
        return readers.read(session -> {
            Map<JobState, Long> counts = new EnumMap<>(JobState.class);
            session.query("counts")
                    .set("tenant", tenant.value())
                    .set("queue", queue)
                    .each(row -> {
                        count(counts, row.getInt("slot"), row.getLong("jobs"));
                        return true;
                    });
            return counts;
        });
    }

    private static void count(Map<JobState, Long> counts, int slot, long jobs) {
        if (jobs > 0) {
            counts.merge(Slot.state(slot), jobs, Long::sum);
        }
    }

    @Override
    public List<QueueName> queueNames(TenantName tenant) {
        return readers.read(session -> session.query("queue_names")
                .set("tenant", tenant.value())
                .rows(row -> new QueueName(row.getString("queue"))));
    }

    @Override
    public List<QueueCounts> queues(TenantName tenant, @Nullable QueueName after, int limit) {
        Checks.range("limit", limit, 1, MOST_QUEUES);
        return readers.read(session -> {
            Map<QueueName, Map<JobState, Long>> queues = new LinkedHashMap<>();
            session.query("queues")
                    .set("tenant", tenant.value())
                    .set("after", after == null ? "" : after.value())
                    .set("most", limit)
                    .each(row -> {
                        var counts = queues.computeIfAbsent(
                                new QueueName(row.getString("queue")), queue -> new EnumMap<>(JobState.class));
                        count(counts, row.getInt("slot"), row.getLong("jobs"));
                        return true;
                    });
            return queues.entrySet().stream()
                    .map(each -> new QueueCounts(each.getKey(), each.getValue()))
                    .toList();
        });
    }
}
