package dev.leat.bench.peers;

import dev.leat.api.JobState;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.Inspect;
import dev.leat.engine.Leat;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Leat itself, by its public API, with history kept. */
final class LeatSystem implements JobSystem {
    static final int SLOTS = 1_000;
    private static final JobKind<Payload> NOTHING = JobKind.of("bench.nothing", Payload.class);

    private final PostgresConfig config;
    private @Nullable PostgresStores stores;
    private @Nullable Leat leat;

    LeatSystem(Database database) {
        config = PostgresConfig.of(database.url(), database.user(), database.password())
                .withDurability(Durability.D1); // the settings are the bench's
    }

    @Override
    public void install() {
        stores = PostgresStores.open(config);
        leat = open();
    }

    @Override
    public void enqueueAll(List<Payload> payloads) {
        opened().enqueueAll(NOTHING, payloads);
    }

    @Override
    public void enqueue(Payload payload) {
        opened().enqueue(NOTHING, payload);
    }

    @Override
    public void start(Tally tally) {
        opened().handle(NOTHING, (payload, job) -> tally.ran(payload)).start();
    }

    @Override
    public void stop() {
        opened().close();
        leat = open(); // an engine is started once
    }

    @Override
    public long unfinished() {
        return counts().entrySet().stream()
                .filter(entry -> !entry.getKey().isFinal())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    @Override
    public OptionalLong kept() {
        return OptionalLong.of(counts().getOrDefault(JobState.COMPLETED, 0L));
    }

    @Override
    public void close() {
        if (leat != null) {
            leat.close();
        }
        if (stores != null) {
            stores.close();
        }
    }

    private Map<JobState, Long> counts() {
        return stores().jobs().feature(Inspect.class).orElseThrow().counts(TenantName.MAIN, QueueName.DEFAULT);
    }

    private Leat open() {
        return Leat.open(stores().jobs(), stores().control(), WorkerConfig.DEFAULT.withSlots(SLOTS));
    }

    private PostgresStores stores() {
        if (stores == null) {
            throw new IllegalStateException("not installed");
        }
        return stores;
    }

    private Leat opened() {
        if (leat == null) {
            throw new IllegalStateException("not installed");
        }
        return leat;
    }
}
