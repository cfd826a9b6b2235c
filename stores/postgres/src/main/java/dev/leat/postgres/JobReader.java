package dev.leat.postgres;

import dev.leat.api.Checks;
import dev.leat.api.ContentType;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
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
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads jobs for people and tests. */
final class JobReader implements Inspect {
    private final Database database;

    JobReader(Database database) {
        this.database = database;
    }

    @Override
    public List<JobRecord> find(TenantName tenant, List<JobId> ids) {
        Checks.range("ids", ids.size(), 0, JobQuery.MOST);
        return ids.isEmpty() ? List.of() : records(tenant, ids);
    }

    @Override
    public List<JobHead> list(JobQuery query) {
        return database.snapshot(connection -> heads(connection, query.tenant(), page(connection, query)));
    }

    private List<JobId> page(Connection connection, JobQuery query) throws SQLException {
        boolean newest = query.order() == Order.NEWEST_FIRST;
        long after = query.after() == null
                ? newest ? Long.MAX_VALUE : 0
                : query.after().value();
        Set<JobState> states = query.states();
        return database.call(connection, newest ? "list_newest" : "list")
                .set("tenant", query.tenant().value())
                .set("queue", query.queue() == null ? null : query.queue().value())
                .set("kind", query.kind() == null ? null : query.kind().value())
                .array("states", "text", states.stream().map(JobState::word).toArray(String[]::new))
                .set("whole", states.size() == JobState.values().length)
                .set("from_id", newest ? 1 : after + 1)
                .set("to_id", newest ? after - 1 : Long.MAX_VALUE - 1)
                .set("max_rows", query.limit())
                .rows(row -> new JobId(row.getLong("id")));
    }

    @Override
    public Map<JobState, Long> counts(TenantName tenant, QueueName queue) {
        return counted(tenant, queue.value(), queue.value(), 1).stream()
                .findFirst()
                .map(QueueCounts::counts)
                .orElse(Map.of());
    }

    @Override
    public Map<JobState, Long> counts(TenantName tenant) {
        Map<JobState, Long> counts = new EnumMap<>(JobState.class);
        database.statement(connection -> database.call(connection, "totals")
                .set("tenant", tenant.value())
                .rows(row -> counts.put(state(row), row.getLong("jobs"))));
        return counts;
    }

    @Override
    public List<QueueCounts> queues(TenantName tenant, @Nullable QueueName after, int limit) {
        Checks.range("limit", limit, 1, MOST_QUEUES);
        // '!' comes before every character of a name, and '~' behind.
        return counted(tenant, after == null ? "" : after.value() + '!', "~", limit);
    }

    private List<QueueCounts> counted(TenantName tenant, String from, String to, int limit) {
        Map<String, Map<JobState, Long>> counts = new LinkedHashMap<>();
        database.statement(connection -> database.call(connection, "counts")
                .set("tenant", tenant.value())
                .set("from_queue", from)
                .set("to_queue", to)
                .set("max_queues", limit)
                .rows(row -> add(row, counts)));
        return counts.entrySet().stream()
                .map(each -> new QueueCounts(new QueueName(each.getKey()), each.getValue()))
                .toList();
    }

    private static boolean add(ResultSet row, Map<String, Map<JobState, Long>> counts) throws SQLException {
        Map<JobState, Long> queue =
                counts.computeIfAbsent(row.getString("queue"), name -> new EnumMap<>(JobState.class));
        boolean hasJobs = row.getString("state") != null;
        if (hasJobs) {
            queue.put(state(row), row.getLong("jobs"));
        }
        return hasJobs;
    }

    @Override
    public List<QueueName> queueNames(TenantName tenant) {
        return database.statement(connection -> database.call(connection, "queue_names")
                .set("tenant", tenant.value())
                .rows(row -> new QueueName(row.getString("queue"))));
    }

    private List<JobHead> heads(Connection connection, TenantName tenant, List<JobId> ids) throws SQLException {
        if (ids.isEmpty()) {
            return List.of();
        }
        Map<JobId, JobHead> heads = new HashMap<>();
        database.call(connection, "heads")
                .set("tenant", tenant.value())
                .array("ids", "int8", ids.stream().mapToLong(JobId::value).toArray())
                .rows(JobReader::head)
                .forEach(head -> heads.put(head.id(), head));
        return ids.stream().map(heads::get).filter(Objects::nonNull).toList();
    }

    /** The jobs in the order of the ids. */
    private List<JobRecord> records(TenantName tenant, List<JobId> ids) {
        Map<JobId, JobRecord> records = database.statement(connection -> {
            Map<JobId, JobRecord> found = new HashMap<>();
            List<AttemptRecord> attempts = new ArrayList<>();
            database.call(connection, "records")
                    .set("tenant", tenant.value())
                    .array(
                            "ids",
                            "int8",
                            ids.stream().mapToLong(JobId::value).distinct().toArray())
                    .rows(row -> {
                        if (row.getObject("lid") != null) {
                            attempts.add(attempt(row));
                        }
                        boolean isLast = row.getObject("later") == null;
                        if (isLast) {
                            JobRecord record = record(head(row), row, List.copyOf(attempts));
                            found.put(record.id(), record);
                            attempts.clear();
                        }
                        return isLast;
                    });
            return found;
        });
        return ids.stream().map(records::get).filter(Objects::nonNull).toList();
    }

    private static AttemptRecord attempt(ResultSet row) throws SQLException {
        return new AttemptRecord(
                new LeaseId(row.getLong("lid")),
                row.getInt("tried"),
                AttemptRecord.Ended.valueOf(row.getString("ended").toUpperCase(Locale.ROOT)),
                row.getInt("ran_by"),
                row.getObject("began_at", OffsetDateTime.class).toInstant(),
                row.getObject("ended_at", OffsetDateTime.class).toInstant(),
                failure(row.getString("problem"), row.getString("trace")));
    }

    private static JobHead head(ResultSet row) throws SQLException {
        return new JobHead(
                new JobId(row.getLong("id")),
                new Lane(
                        new TenantName(row.getString("tenant")),
                        new QueueName(row.getString("queue")),
                        new KindName(row.getString("kind"))),
                state(row),
                row.getInt("priority"),
                row.getInt("attempt"),
                row.getInt("max_attempts"),
                row.getInt("crashes"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                instant(row, "run_at"),
                instant(row, "started_at"),
                instant(row, "finished_at"),
                row.getObject("worker", Integer.class),
                row.getString("error"));
    }

    private static JobRecord record(JobHead head, ResultSet row, List<AttemptRecord> attempts) throws SQLException {
        byte[] result = row.getBytes("result");
        return new JobRecord(
                head.id(),
                head.lane(),
                head.state(),
                head.priority(),
                Payload.of(row.getBytes("payload"), ContentType.ofCode(row.getInt("content_type"))),
                head.attempt(),
                head.maxAttempts(),
                head.crashes(),
                head.createdAt(),
                head.dueAt(),
                head.startedAt(),
                head.finishedAt(),
                head.worker(),
                result == null ? null : Payload.of("result", result, ContentType.ofCode(row.getInt("result_type"))),
                failure(row.getString("error"), row.getString("detail")),
                attempts);
    }

    private static JobState state(ResultSet row) throws SQLException {
        return JobState.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private static @Nullable Failure failure(@Nullable String error, @Nullable String detail) {
        return error == null ? null : new Failure(error, detail == null ? "" : detail);
    }
}
