package dev.leat.server;

import dev.leat.api.control.ControlStore;
import dev.leat.api.store.JobStore;
import dev.leat.engine.Leat;
import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.duty.DutyRunner;
import dev.leat.engine.duty.Pace;
import dev.leat.engine.id.MonotonicClock;
import dev.leat.engine.observe.ObservedJobStore;
import dev.leat.server.events.EventLog;
import dev.leat.server.events.QueueSnapshots;
import dev.leat.server.http.HttpServer;
import dev.leat.server.local.LocalApi;
import dev.leat.wire.QueueFilter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** One node: an engine on its stores, with workers if configured, and the HTTP server in front. */
public final class LeatServer implements AutoCloseable {
    private static final Duration UPKEEP = Duration.ofHours(1);

    private final Metrics metrics = new Metrics();
    private final Leat leat;
    private final DutyRunner upkeep;
    private final HttpServer http;
    private final String host;

    private LeatServer(
            LeatConfig config,
            JobStore store,
            ControlStore control,
            Consumer<Leat> kinds,
            String version,
            MonotonicClock clock) {
        Instant start = store.time();
        long startNanos = clock.nanoTime();
        EventLog events = new EventLog(() -> start.plusNanos(clock.nanoTime() - startNanos));
        JobStore jobs = new ObservedJobStore(store, events::add, metrics::count);
        leat = Leat.open(jobs, control, config.worker().worker());
        try {
            LocalApi api = new LocalApi(leat, jobs, control, version);
            if (config.worker().enabled()) {
                kinds.accept(leat);
                leat.start();
            }
            QueueSnapshots queues = new QueueSnapshots(() -> api.queues(QueueFilter.FIRST), events, clock);
            http = new HttpServer(config.server(), api, events, queues, jobs::health, () -> metrics.text(queues));
            upkeep = DutyRunner.start("idempotency-keys", api.upkeep(), Pace.every(UPKEEP), clock);
        } catch (RuntimeException e) {
            leat.close();
            throw e;
        }
        host = config.server().host();
    }

    /**
     * Starts a node; ready to be asked when this returns. The stores belong to the caller, who closes them after this.
     *
     * @param kinds gives the engine its handlers; called only if this node works
     * @param version of the program, as it is shown
     * @throws dev.leat.api.InvalidValueException if the server would be open to others than this machine
     * @throws dev.leat.api.StoreException if a store cannot be used
     */
    public static LeatServer start(
            LeatConfig config, JobStore jobs, ControlStore control, Consumer<Leat> kinds, String version) {
        return new LeatServer(config, jobs, control, kinds, version, MonotonicClock.SYSTEM);
    }

    public int port() {
        return http.port();
    }

    /** Where the dashboard and the API are. */
    public URI uri() {
        String literal = host.contains(":") ? "[" + host + "]" : host;
        return URI.create("http://" + literal + ":" + port() + "/");
    }

    /** Answers nobody any more, then lets jobs finish as configured. May be called twice. */
    @Override
    public void close() {
        http.close();
        upkeep.close();
        leat.close();
        metrics.close();
    }
}
