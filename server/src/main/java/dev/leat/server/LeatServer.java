package dev.leat.server;

import dev.leat.api.QueueName;
import dev.leat.api.control.ControlStore;
import dev.leat.api.store.JobStore;
import dev.leat.engine.Leat;
import dev.leat.engine.backend.Backends;
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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** One node: an engine on its stores, with workers if configured, and the HTTP server in front. */
public final class LeatServer implements AutoCloseable {
    /** Of a store that is not configured but brought along. */
    private static final int CONNECTIONS = 10;

    private static final Duration UPKEEP = Duration.ofHours(1);

    /** What is to be closed, the last first. */
    private final Deque<Runnable> opened = new ArrayDeque<>();

    private final HttpServer http;
    private final String host;

    private LeatServer(
            LeatConfig config,
            Backends stores,
            ControlStore control,
            Consumer<Leat> kinds,
            String version,
            Metrics metrics) {
        try {
            opened.push(metrics::close);
            MonotonicClock clock = MonotonicClock.SYSTEM;
            Instant start = stores.standard().time();
            long startNanos = clock.nanoTime();
            EventLog events = new EventLog(() -> start.plusNanos(clock.nanoTime() - startNanos));
            Map<String, JobStore> observed = new LinkedHashMap<>();
            stores.stores()
                    .forEach((name, store) ->
                            observed.put(name, new ObservedJobStore(store, events::add, metrics::count)));
            Leat leat = Leat.open(
                    new Backends(observed),
                    control,
                    config.worker().worker().withRetention(config.retention().retention()));
            opened.push(leat::close);
            config.queues().forEach((queue, of) -> leat.place(new QueueName(queue), of.place(queue), of.needs()));
            LocalApi api = new LocalApi(leat, control, version);
            if (config.worker().enabled()) {
                kinds.accept(leat);
                leat.start();
            }
            DutyRunner upkeep = DutyRunner.start("idempotency-keys", api.upkeep(), Pace.every(UPKEEP), clock);
            opened.push(upkeep::close);
            QueueSnapshots queues = new QueueSnapshots(() -> api.queues(QueueFilter.FIRST), events, clock);
            http = new HttpServer(
                    config.server(),
                    storeCalls(config, stores),
                    queue -> leat.routes().backend(queue, null),
                    api,
                    events,
                    queues,
                    stores::health,
                    () -> metrics.text(queues));
            opened.push(http::close);
        } catch (RuntimeException | Error e) {
            closeAfter(e);
            throw e;
        }
        host = config.server().host();
    }

    /** Half of each store's connections; the others are for the workers and their leases. */
    private static Map<String, Integer> storeCalls(LeatConfig config, Backends stores) {
        Map<String, Integer> connections = new HashMap<>();
        config.store().ifPresent(store -> connections.put(Backends.STANDARD, store.connections()));
        config.backends().forEach((name, backend) -> connections.put(name, backend.connections()));
        config.queues()
                .forEach((queue, of) ->
                        connections.putIfAbsent(of.place(queue), connections.getOrDefault(of.backend(), CONNECTIONS)));
        return stores.stores().keySet().stream()
                .collect(Collectors.toMap(
                        name -> name, name -> Math.max(1, connections.getOrDefault(name, CONNECTIONS) / 2)));
    }

    private void closeAfter(Throwable failure) {
        try {
            close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Starts a node; ready to be asked when this returns. The stores belong to the caller, who closes them after this.
     *
     * @param kinds gives the engine its handlers; called only if this node works
     * @param version of the program, as it is shown
     * @throws dev.leat.api.StoreException if a store cannot be used
     */
    public static LeatServer start(
            LeatConfig config, JobStore jobs, ControlStore control, Consumer<Leat> kinds, String version) {
        return start(config, Backends.of(jobs), control, kinds, version);
    }

    /** The same with several backends. */
    public static LeatServer start(
            LeatConfig config, Backends stores, ControlStore control, Consumer<Leat> kinds, String version) {
        return start(config, stores, control, kinds, version, new Metrics());
    }

    /** @param metrics closed with the node, also if it does not start */
    static LeatServer start(
            LeatConfig config,
            Backends stores,
            ControlStore control,
            Consumer<Leat> kinds,
            String version,
            Metrics metrics) {
        return new LeatServer(config, stores, control, kinds, version, metrics);
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
    public synchronized void close() {
        RuntimeException failure = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().run();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
