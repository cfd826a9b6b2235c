package dev.leat.bench.peers;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jobrunr.utils.mapper.JsonMapper;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;
import org.jspecify.annotations.Nullable;

/** JobRunr's open edition, with its shortest poll interval and its own number of workers: 16 virtual threads a core. */
final class JobRunr implements JobSystem {
    /** It refuses a shorter one on a database. */
    static final Duration POLL = Duration.ofSeconds(5);

    private static final int CONNECTIONS = 24;

    private final HikariDataSource source;
    private final JsonMapper mapper = new Jackson3JsonMapper();
    private @Nullable StorageProvider storage;
    private @Nullable JobRequestScheduler client;
    private @Nullable BackgroundJobServer server;
    private volatile @Nullable Tally tally;

    JobRunr(Database database) {
        source = database.pool(CONNECTIONS);
    }

    /** One job, by the class of its handler: no bytecode has to be read for that. */
    public record Request(Payload payload) implements JobRequest {
        @Override
        public Class<TallyHandler> getJobRequestHandler() {
            return TallyHandler.class;
        }
    }

    /** Made anew for each job, by {@link JobRunr}. */
    public static final class TallyHandler implements JobRequestHandler<Request> {
        private final Tally tally;

        TallyHandler(Tally tally) {
            this.tally = tally;
        }

        @Override
        public void run(Request request) {
            tally.ran(request.payload());
        }
    }

    @Override
    public void install() {
        StorageProvider made = new PostgresStorageProvider(source); // creates its tables
        made.setJobMapper(new JobMapper(mapper));
        client = new JobRequestScheduler(made);
        storage = made;
    }

    @Override
    public void enqueueAll(List<Payload> payloads) {
        client().enqueue(payloads.stream().map(Request::new));
    }

    @Override
    public void enqueue(Payload payload) {
        client().enqueue(new Request(payload));
    }

    @Override
    public void start(Tally all) {
        tally = all;
        BackgroundJobServer started = new BackgroundJobServer(storage(), mapper, new Handlers(), configuration());
        started.start();
        server = started;
    }

    @Override
    public void stop() {
        if (server != null) {
            server.stop();
        }
    }

    @Override
    public long unfinished() {
        return Database.number(source, "select count(*) from jobrunr_jobs where state <> 'SUCCEEDED'");
    }

    @Override
    public OptionalLong kept() {
        return OptionalLong.of(Database.number(source, "select count(*) from jobrunr_jobs where state = 'SUCCEEDED'"));
    }

    @Override
    public void close() {
        if (storage != null) {
            storage.close();
        }
        source.close();
    }

    private static BackgroundJobServerConfiguration configuration() {
        return BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                .andPollInterval(POLL);
    }

    private JobRequestScheduler client() {
        if (client == null) {
            throw new IllegalStateException("not installed");
        }
        return client;
    }

    private StorageProvider storage() {
        if (storage == null) {
            throw new IllegalStateException("not installed");
        }
        return storage;
    }

    private final class Handlers implements JobActivator {
        @Override
        public <T> T activateJob(Class<T> type) {
            Tally all = tally;
            if (all == null) {
                throw new IllegalStateException("not started");
            }
            return type.cast(new TallyHandler(all));
        }
    }
}
