package dev.leat.postgres;

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
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads jobs for people and tests. */
final class JobReader implements Inspect {
    private final Database database;

    JobReader(Database database) {
        this.database = database;
    }

    @Override
    public Optional<JobRecord> find(TenantName tenant, JobId id) {
        return database.snapshot(connection -> records(connection, tenant, List.of(id))).stream()
                .findFirst();
    }

    @Override
    public List<JobRecord> list(JobQuery query) {
        return database.snapshot(connection -> records(connection, query.tenant(), page(connection, query)));
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
        return counted(tenant, queue).stream()
                .findFirst()
                .map(QueueCounts::counts)
                .orElse(Map.of());
    }

    @Override
    public List<QueueCounts> queues(TenantName tenant) {
        return counted(tenant, null);
    }

    private List<QueueCounts> counted(TenantName tenant, @Nullable QueueName only) {
        Map<String, Map<JobState, Long>> counts = new LinkedHashMap<>();
        database.statement(connection -> database.call(connection, "counts")
                .set("tenant", tenant.value())
                .set("queue", only == null ? null : only.value())
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

    /** The jobs in the order of the ids. */
    private List<JobRecord> records(Connection connection, TenantName tenant, List<JobId> ids) throws SQLException {
        if (ids.isEmpty()) {
            return List.of();
        }
        Map<JobId, Draft> drafts = new HashMap<>();
        database.call(connection, "records")
                .set("tenant", tenant.value())
                .array("ids", "int8", ids.stream().mapToLong(JobId::value).toArray())
                .rows(JobReader::draft)
                .forEach(draft -> drafts.put(draft.id, draft));
        Map<JobId, List<AttemptRecord>> attempts = attempts(connection, ids);
        return ids.stream()
                .map(drafts::get)
                .filter(Objects::nonNull)
                .map(draft -> draft.with(attempts.getOrDefault(draft.id, List.of())))
                .toList();
    }

    private Map<JobId, List<AttemptRecord>> attempts(Connection connection, List<JobId> of) throws SQLException {
        Map<JobId, List<AttemptRecord>> attempts = new HashMap<>();
        database.call(connection, "attempts")
                .array("ids", "int8", of.stream().mapToLong(JobId::value).toArray())
                .rows(row -> attempts.computeIfAbsent(new JobId(row.getLong("id")), id -> new ArrayList<>())
                        .add(attempt(row)));
        return attempts;
    }

    private static AttemptRecord attempt(ResultSet row) throws SQLException {
        return new AttemptRecord(
                new LeaseId(row.getLong("lid")),
                row.getInt("attempt"),
                AttemptRecord.Ended.valueOf(row.getString("ended").toUpperCase(Locale.ROOT)),
                row.getInt("worker"),
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                row.getObject("ended_at", OffsetDateTime.class).toInstant(),
                failure(row));
    }

    private static Draft draft(ResultSet row) throws SQLException {
        JobId id = new JobId(row.getLong("id"));
        Lane lane = new Lane(
                new TenantName(row.getString("tenant")),
                new QueueName(row.getString("queue")),
                new KindName(row.getString("kind")));
        JobState state = state(row);
        int priority = row.getInt("priority");
        Payload payload = Payload.of(row.getBytes("payload"), ContentType.ofCode(row.getInt("content_type")));
        int attempt = row.getInt("attempt");
        int maxAttempts = row.getInt("max_attempts");
        int crashes = row.getInt("crashes");
        Instant createdAt = row.getObject("created_at", OffsetDateTime.class).toInstant();
        Instant dueAt = instant(row, "run_at");
        Instant startedAt = instant(row, "started_at");
        Instant finishedAt = instant(row, "finished_at");
        Integer worker = row.getObject("worker", Integer.class);
        byte[] bytes = row.getBytes("result");
        Payload result =
                bytes == null ? null : Payload.of("result", bytes, ContentType.ofCode(row.getInt("result_type")));
        Failure failure = failure(row);
        return new Draft(
                id,
                attempts -> new JobRecord(
                        id,
                        lane,
                        state,
                        priority,
                        payload,
                        attempt,
                        maxAttempts,
                        crashes,
                        createdAt,
                        dueAt,
                        startedAt,
                        finishedAt,
                        worker,
                        result,
                        failure,
                        attempts));
    }

    private static JobState state(ResultSet row) throws SQLException {
        return JobState.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private static @Nullable Failure failure(ResultSet row) throws SQLException {
        String error = row.getString("error");
        String detail = row.getString("detail");
        return error == null ? null : new Failure(error, detail == null ? "" : detail);
    }

    /** A job but for its earlier attempts, which are read next. */
    private record Draft(JobId id, Function<List<AttemptRecord>, JobRecord> finish) {
        JobRecord with(List<AttemptRecord> attempts) {
            return finish.apply(attempts);
        }
    }
}
