package dev.leat.bench.peers;

import com.github.kagkarlsson.scheduler.Clock;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.SystemClock;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * db-scheduler, polling as in its makers' benchmark for 20 threads. Its worker is told of jobs that are enqueued in the same
 * process; it deletes what is done.
 */
final class DbScheduler implements JobSystem {
    static final int THREADS = 20;
    static final double LOWER = 4.0;
    static final double UPPER = 20.0;
    static final Duration POLL = Duration.ofSeconds(1);

    private static final TaskDescriptor<Payload> NOTHING = TaskDescriptor.of("nothing", Payload.class);

    private final HikariDataSource source;
    private final Clock clock = new SystemClock();
    private volatile @Nullable SchedulerClient client;
    private @Nullable Scheduler scheduler;

    DbScheduler(Database database) {
        source = database.pool(THREADS + 4);
    }

    /** Its makers leave the table to its users; these are the columns and indexes it asks for. */
    @Override
    public void install() throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                create table scheduled_tasks (
                    task_name            text        not null,
                    task_instance        text        not null,
                    task_data            bytea,
                    execution_time       timestamptz,
                    picked               boolean     not null,
                    picked_by            text,
                    last_success         timestamptz,
                    last_failure         timestamptz,
                    consecutive_failures integer,
                    last_heartbeat       timestamptz,
                    version              bigint      not null,
                    priority             smallint,
                    state                text,
                    primary key (task_name, task_instance)
                );
                create index on scheduled_tasks (execution_time);
                create index on scheduled_tasks (last_heartbeat);
                """);
        }
        client = SchedulerClient.Builder.create(source).serializer(new Json()).build();
    }

    @Override
    public void enqueueAll(List<Payload> payloads) {
        List<TaskInstance<?>> instances =
                payloads.stream().<TaskInstance<?>>map(DbScheduler::instance).toList();
        client().scheduleBatch(instances, clock.now());
    }

    @Override
    public void enqueue(Payload payload) {
        client().scheduleIfNotExists(instance(payload), clock.now());
    }

    @Override
    public void start(Tally tally) {
        OneTimeTask<Payload> task =
                Tasks.oneTime(NOTHING).execute((instance, context) -> tally.ran(instance.getData()));
        Scheduler started = Scheduler.create(source, task)
                .serializer(new Json())
                .threads(THREADS)
                .pollUsingLockAndFetch(LOWER, UPPER)
                .pollingInterval(POLL)
                .enableImmediateExecution()
                .build();
        started.start();
        scheduler = started;
        client = started;
    }

    @Override
    public void stop() {
        if (scheduler != null) {
            scheduler.stop();
        }
        client = SchedulerClient.Builder.create(source).serializer(new Json()).build();
    }

    @Override
    public long unfinished() {
        return Database.number(source, "select count(*) from scheduled_tasks");
    }

    @Override
    public OptionalLong kept() {
        return OptionalLong.empty();
    }

    @Override
    public void close() {
        source.close();
    }

    private SchedulerClient client() {
        SchedulerClient now = client;
        if (now == null) {
            throw new IllegalStateException("not installed");
        }
        return now;
    }

    private static TaskInstance<Payload> instance(Payload payload) {
        return NOTHING.instance(Integer.toString(payload.n())).data(payload).build();
    }

    /** JSON as every other system here stores it. */
    private static final class Json implements Serializer {
        private final JsonMapper mapper = JsonMapper.shared();

        @Override
        public byte[] serialize(Object data) {
            return mapper.writeValueAsBytes(data);
        }

        @Override
        public <T> T deserialize(Class<T> type, byte[] data) {
            return mapper.readValue(data, type);
        }
    }
}
