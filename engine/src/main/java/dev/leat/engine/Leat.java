package dev.leat.engine;

import dev.leat.api.InvalidValueException;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.TenantName;
import dev.leat.api.control.ControlStore;
import dev.leat.api.store.Capabilities;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Retention;
import dev.leat.engine.backend.Backends;
import dev.leat.engine.backend.Needs;
import dev.leat.engine.backend.Routes;
import dev.leat.engine.client.Client;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.client.Receipt;
import dev.leat.engine.duty.DutyRunner;
import dev.leat.engine.duty.Pace;
import dev.leat.engine.handler.Handler;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.id.MonotonicClock;
import dev.leat.engine.id.NodeLease;
import dev.leat.engine.id.NodeSettings;
import dev.leat.engine.id.NodeStatus;
import dev.leat.engine.pull.PullConfig;
import dev.leat.engine.pull.PullQueue;
import dev.leat.engine.pull.Puller;
import dev.leat.engine.queue.PausedQueues;
import dev.leat.engine.queue.TenantQueue;
import dev.leat.engine.work.Handlers;
import dev.leat.engine.work.Worker;
import dev.leat.engine.work.WorkerConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Durable background jobs in this process: enqueues them, and runs them once handlers are given and {@link #start} is called.
 *
 * <p>Delivery is at least once: a job that was accepted runs until one attempt's completion is accepted, it is cancelled, or
 * its attempts end. At most one completion of a job is ever accepted.
 *
 * <p>Thread-safe. The stores belong to the caller, who closes them after this.
 */
public final class Leat implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leat.class);
    private static final Duration NODE_PACE = Duration.ofSeconds(2);
    private static final Duration ROUTES_PACE = Duration.ofSeconds(2);

    private final ControlStore control;
    private final NodeLease node;
    private final DutyRunner nodeRunner;
    private final PausedQueues paused;
    private final Routes routes;
    private final DutyRunner routesRunner;
    private final Backends stores;
    private final Map<String, Backend> backends = new LinkedHashMap<>();
    private final Map<QueueName, Needs> needs = new ConcurrentHashMap<>();
    private final Client client;
    private final Handlers handlers = new Handlers();
    private final WorkerConfig config;
    private final AtomicInteger number = new AtomicInteger();
    private boolean started;
    private boolean closed;

    private Leat(Backends stores, ControlStore control, WorkerConfig config, MonotonicClock clock) {
        this.stores = stores;
        this.control = control;
        this.config = config;
        if (config.queues().isEmpty()) {
            // Needed to find out which queues there are.
            stores.stores().values().forEach(each -> each.capabilities().require(Capability.INSPECTION, "postgres"));
        }
        paused = new PausedQueues(control);
        paused.refresh(); // so that it is right about them from the start, and not only a moment later
        routes = new Routes(control, clock, stores.stores().keySet(), this::rerouted);
        routes.missing()
                .forEach((queue, names) -> LOG.warn(
                        "jobs of queue {} are kept in backends that this node does not have, and do not run here: {}."
                                + " Configure them under backends, or route the queue elsewhere.",
                        queue,
                        String.join(", ", names)));
        node = NodeLease.acquire(control, clock, NodeSettings.ofThisProcess(version()));
        nodeRunner = DutyRunner.start("node-lease", node::doWork, Pace.every(NODE_PACE), clock);
        stores.stores()
                .forEach((name, jobs) ->
                        backends.put(name, new Backend(name, jobs, handlers, config, paused, clock, this::nodeNumber)));
        // After the backends, which it tells of changes.
        routesRunner = DutyRunner.start("routes", routes, Pace.every(ROUTES_PACE), clock);
        client = new Client(
                node.ids(),
                backends.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, each -> each.getValue().destination())),
                routes::backend);
    }

    private void rerouted() {
        backends.values().forEach(each -> each.puller().rerouted());
    }

    private SequencedMap<String, Puller> pullers(QueueName queue) {
        SequencedMap<String, Puller> pullers = new LinkedHashMap<>();
        routes.backends(queue).forEach(name -> pullers.put(name, backend(name).puller()));
        return pullers;
    }

    /**
     * Opens the engine on its stores, with the default {@link WorkerConfig}.
     *
     * @throws dev.leat.api.StoreException if the control store cannot be used
     */
    public static Leat open(JobStore jobs, ControlStore control) {
        return open(jobs, control, WorkerConfig.DEFAULT);
    }

    /** As {@link #open(JobStore, ControlStore)}, for a worker as configured. */
    public static Leat open(JobStore jobs, ControlStore control, WorkerConfig config) {
        return open(Backends.of(jobs), control, config);
    }

    /** The same with several stores for jobs; see {@link #routes}. Each has as many slots as the configuration says. */
    public static Leat open(Backends stores, ControlStore control, WorkerConfig config) {
        return new Leat(stores, control, config, MonotonicClock.SYSTEM);
    }

    private static String version() {
        String version = Leat.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** Has jobs of a kind run by a handler, in this process too. To be called before {@link #start}. */
    public <P> Leat handle(JobKind<P> kind, Handler<P> handler) {
        synchronized (this) {
            if (started) {
                throw new IllegalStateException("handlers must be given before start()");
            }
        }
        client.declare(kind);
        handlers.add(kind, handler);
        return this;
    }

    /**
     * Starts to run jobs of the handled kinds.
     *
     * @throws IllegalStateException if no kind is handled, or it was started or closed before
     */
    public synchronized Leat start() {
        if (closed) {
            throw new IllegalStateException("closed; open another");
        }
        if (started) {
            throw new IllegalStateException("started before");
        }
        if (handlers.kinds().isEmpty()) {
            throw new IllegalStateException("no kind is handled; call handle(kind, handler) first");
        }
        started = true;
        node.announce(NodeStatus.RUNNING, handlers.kinds());
        nodeRunner.wake();
        backends.values().forEach(Backend::start);
        return this;
    }

    /** The number held now, or the last one while another is being taken. */
    private int nodeNumber() {
        node.number().ifPresent(number::set);
        return number.get();
    }

    /** Enqueues one job; returns when it is durable. */
    public <P> Receipt enqueue(JobKind<P> kind, P payload) {
        return client.enqueue(kind, payload);
    }

    public <P> Receipt enqueue(JobKind<P> kind, P payload, EnqueueOptions options) {
        return client.enqueue(kind, payload, options);
    }

    /** Enqueues many jobs of a kind; see {@link Client#enqueueAll}. */
    public <P> List<Receipt> enqueueAll(JobKind<P> kind, List<P> payloads) {
        return client.enqueueAll(kind, payloads, EnqueueOptions.DEFAULT);
    }

    /** Everything else about enqueueing: by name, prepared, in the caller's transaction. */
    public Client client() {
        return client;
    }

    /** A queue whose jobs are taken by the caller, not by a handler. Whether {@link #start} was called does not matter. */
    public PullQueue queue(PullConfig config) {
        return new PullQueue(
                config, () -> pullers(config.of().queue()), client, this::inspect, this::operate, control::time);
    }

    /** Says that a transaction with jobs in it was committed, so that they run at once, here or in another process. */
    public void committed() {
        backends.values().forEach(Backend::committed);
    }

    /** Says that jobs were put into a queue, so that they are found at once also if it is a new one. */
    public void expectJobs(QueueName queue) {
        routes.backends(queue).forEach(name -> backend(name).expectJobs(queue));
    }

    private Backend backend(String name) {
        return Objects.requireNonNull(backends.get(name));
    }

    /** The stores that jobs are kept in. */
    public Backends backends() {
        return stores;
    }

    /** Which of them each queue's jobs go into. */
    public Routes routes() {
        return routes;
    }

    /**
     * Says which backend keeps a queue's jobs and what the queue needs of it, as a configuration does at the start. What was changed by
     * {@link #route} since this said something else stays. To be said before anything is enqueued here: then it holds at once for a queue without
     * jobs while there is no other node, and else from a little later on.
     *
     * @throws dev.leat.api.InvalidValueException if there is no such backend, or it lacks what is needed, or would not know the unique keys
     *     that are held
     */
    public void place(QueueName queue, String backend, Needs wanted) {
        wanted.check(queue, backend, capabilities());
        routes.configure(queue, backend, () -> requireNoKeysElsewhere(queue, backend, wanted), () -> isFresh(queue));
        Routes.Step now = routes.all().get(queue);
        if (now != null && !now.backend().equals(backend)) {
            requireMetByHand(queue, now.backend(), backend, wanted);
        }
        require(queue, wanted);
    }

    /** Checks where a queue was routed to by somebody who did not know what it needs. */
    private void requireMetByHand(QueueName queue, String now, String configured, Needs wanted) {
        try {
            wanted.check(queue, now, capabilities());
        } catch (InvalidValueException e) {
            throw new InvalidValueException(
                    e.code(),
                    e.field(),
                    e.problem() + " (it was routed there by hand)",
                    "the one that is configured, by: leat queues route " + queue + " " + configured
                            + " --config FILE; or less in requires");
        }
    }

    /**
     * Says what a queue needs of whichever backend keeps its jobs, so that it is checked at each {@link #route}, and leaves where that is to who
     * says it by {@link #place}.
     */
    public void require(QueueName queue, Needs wanted) {
        needs.put(queue, wanted);
    }

    /** Whether there is no job of a queue, and nobody else who could have one under way. */
    private boolean isFresh(QueueName queue) {
        try {
            return node.isAlone()
                    && config.tenants().stream()
                            .noneMatch(tenant -> inspect().queueNames(tenant).contains(queue));
        } catch (StoreException e) {
            LOG.debug("whether queue {} has jobs cannot be told, since a backend is away", queue, e);
            return false;
        }
    }

    /**
     * Has a queue's new jobs go into another backend from a little later on; see {@link Routes#route}.
     *
     * @throws dev.leat.api.InvalidValueException if there is no such backend, or it lacks what the queue needs, or the queue needs unique keys
     *     and has jobs elsewhere that have not ended
     */
    public Optional<Instant> route(QueueName queue, String backend) {
        Needs wanted = needs.getOrDefault(queue, Needs.NONE);
        wanted.check(queue, backend, capabilities());
        return routes.route(queue, backend, () -> requireNoKeysElsewhere(queue, backend, wanted));
    }

    /** A unique key that a job holds is known in its own backend alone. */
    private void requireNoKeysElsewhere(QueueName queue, String backend, Needs wanted) {
        if (!wanted.capabilities().contains(Capability.UNIQUE_KEY)) {
            return;
        }
        for (String name : backends.keySet()) {
            long live = name.equals(backend)
                    ? 0
                    : config.tenants().stream()
                            .mapToLong(tenant -> stores.live(name, tenant, queue))
                            .sum();
            if (live > 0) {
                throw new InvalidValueException(
                        "UNIQUE_KEYS_HELD",
                        "backend",
                        "of queue " + queue + " cannot become " + backend + ", which would not know the unique keys in "
                                + name + " of jobs that have not ended (" + live + ")",
                        "a change when they have ended: let them run, or cancel them; or no unique_key in requires");
            }
        }
    }

    private Map<String, Capabilities> capabilities() {
        return stores.stores().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().capabilities()));
    }

    /**
     * Looks at the jobs of all backends.
     *
     * @throws dev.leat.api.AbsentCapabilityException if those of one cannot be looked at
     */
    public Inspect inspect() {
        return stores.inspect();
    }

    /**
     * Changes jobs of all backends by hand.
     *
     * @throws dev.leat.api.AbsentCapabilityException if those of one cannot be changed
     */
    public Operate operate() {
        return stores.operate(queue -> routes.backend(queue, null));
    }

    /**
     * Has no worker take jobs from a queue any more: none is claimed after this has returned here, and within about two seconds elsewhere. What runs
     * goes on, and what is being claimed at that moment still runs.
     */
    public void pause(TenantName tenant, QueueName queue) {
        paused.pause(new TenantQueue(tenant, queue));
        backends.values().forEach(Backend::pausesChanged);
    }

    /** Ends a pause. */
    public void resume(TenantName tenant, QueueName queue) {
        paused.resume(new TenantQueue(tenant, queue));
        backends.values().forEach(Backend::pausesChanged);
    }

    /** How long this node keeps jobs that have ended. */
    public Retention retention() {
        return config.retention();
    }

    /** Whether a queue is paused, as far as this node knows: at most about two seconds ago. */
    public boolean isPaused(TenantName tenant, QueueName queue) {
        return paused.contains(new TenantQueue(tenant, queue));
    }

    /** Stops in good order: see {@link Worker#close}. May be called twice. */
    @Override
    public synchronized void close() {
        closed = true;
        backends.values().forEach(each -> each.puller().close());
        if (started) {
            node.announce(NodeStatus.DRAINING, handlers.kinds());
            nodeRunner.wake();
        }
        closeBackends();
        DutyRunner.closeAll(List.of(routesRunner, nodeRunner));
        node.close();
    }

    /** All at once, since each may wait for its handlers as long as the others. */
    private void closeBackends() {
        if (backends.size() == 1) {
            backends.values().forEach(Backend::close);
            return;
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            backends.values().forEach(each -> threads.execute(each::close));
        }
    }
}
