package dev.leat.engine.kinds;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.Payload;
import dev.leat.api.TenantName;
import dev.leat.api.store.AttemptRecord;
import dev.leat.api.store.Failure;
import dev.leat.api.store.JobRecord;
import dev.leat.engine.Leat;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.codec.Json;
import dev.leat.engine.config.Config;
import dev.leat.engine.config.KindsConfig;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.memory.InMemoryControlStore;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.testkit.StoreClock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** An engine in memory that runs built-in kinds. */
final class KindsRig implements AutoCloseable {
    final StoreClock clock = new StoreClock();
    private final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    private final Leat leat = Leat.open(
            jobs,
            new InMemoryControlStore(clock),
            WorkerConfig.DEFAULT.withPoll(Duration.ofMillis(10)).withGrace(Duration.ZERO));

    KindsRig(Consumer<Leat> register) {
        register.accept(leat);
        leat.start();
    }

    /** What the configuration's section {@code kinds} says. */
    static KindsConfig config(String yaml) {
        return Config.of(KindsConfig.class).read("kinds.yaml", yaml, Map.of());
    }

    static KindsRig of(String yaml) {
        return new KindsRig(leat -> BuiltinKinds.register(leat, config(yaml)));
    }

    JobId enqueue(String kind, String json) {
        return leat.client()
                .enqueue(new KindName(kind), Payload.json(json), EnqueueOptions.DEFAULT)
                .id();
    }

    <P> JobId enqueue(JobKind<P> kind, P payload) {
        return leat.enqueue(kind, payload).id();
    }

    JobRecord find(JobId id) {
        return jobs.find(TenantName.MAIN, id).orElseThrow();
    }

    void await(JobId id, JobState state) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(30))
                .until(() -> find(id).state() == state);
    }

    /** The job once its first attempt is over, and it is done or waits for the next. */
    JobRecord attempted(String kind, String json) {
        JobId id = enqueue(kind, json);
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(30))
                .until(() -> find(id).state().isFinal() || find(id).state() == JobState.RETRYABLE);
        return find(id);
    }

    static String failure(JobRecord job) {
        return Stream.concat(
                        Stream.ofNullable(job.failure()),
                        job.attempts().stream().map(AttemptRecord::failure).filter(Objects::nonNull))
                .map(Failure::message)
                .collect(Collectors.joining("\n"));
    }

    static String result(JobRecord job) {
        return new String(Objects.requireNonNull(job.result(), failure(job)).bytes(), UTF_8);
    }

    static Map<?, ?> resultMap(JobRecord job) {
        return Json.STRICT.read(result(job), Map.class);
    }

    @Override
    public void close() {
        leat.close();
    }
}
