package dev.leat.engine;

import dev.leat.api.Lane;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.control.ControlStore;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Retention;
import dev.leat.api.store.Wakeups;
import dev.leat.engine.client.Client;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.client.IdleWorker;
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
import dev.leat.engine.queue.ServedQueues;
import dev.leat.engine.queue.TenantQueue;
import dev.leat.engine.work.Handlers;
import dev.leat.engine.work.Worker;
import dev.leat.engine.work.WorkerConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Durable background jobs in this process: enqueues them, and runs them once handlers are given and {@link #start} is called.
 *
 * <p>Delivery is at least once: a job that was accepted runs until one attempt's completion is accepted, it is cancelled, or
 * its attempts end. At most one completion of a job is ever accepted.
 *
 * <p>Thread-safe. The stores belong to the caller, who closes them after this.
 */
public final class Leat implements AutoCloseable {
    private static final Duration NODE_PACE = Duration.ofSeconds(2);
    private static final Duration QUEUES_PACE = Duration.ofSeconds(2);

    private final NodeLease node;
    private final DutyRunner nodeRunner;
    private final PausedQueues paused;
    private final ServedQueues served;
    private final DutyRunner queuesRunner;
    private final Client client;
    private final Puller puller;
    private final Handlers handlers = new Handlers();
    private final WorkerConfig config;
    private final JobStore jobs;
    private final MonotonicClock clock;
    private final Optional<Wakeups> wakeups;
    private final AtomicInteger number = new AtomicInteger();
    private volatile @Nullable Worker worker;
    private volatile Wakeups.@Nullable Listening listening;
    private boolean closed;

    private Leat(JobStore jobs, ControlStore control, WorkerConfig config, MonotonicClock clock) {
        this.jobs = jobs;
        this.config = config;
        this.clock = clock;
        wakeups = jobs.feature(Wakeups.class);
        paused = new PausedQueues(control);
        paused.refresh(); // so that it is right about them from the start, and not only a moment later
        node = NodeLease.acquire(control, clock, NodeSettings.ofThisProcess(version()));
        nodeRunner = DutyRunner.start("node-lease", node::doWork, Pace.every(NODE_PACE), clock);
        client = new Client(jobs, node.ids(), this::enqueued, this::slot);
        puller = new Puller(jobs, client, clock, this::nodeNumber, this::listen, paused::contains);
        served = new ServedQueues(config.tenants(), config.queues(), inspect(jobs, config), paused, this::wake);
        queuesRunner = DutyRunner.start("queues", served, Pace.every(QUEUES_PACE), clock);
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
        return new Leat(jobs, control, config, MonotonicClock.SYSTEM);
    }

    /** Needed only to find out which queues there are. */
    private static @Nullable Inspect inspect(JobStore jobs, WorkerConfig config) {
        if (config.queues().isEmpty()) {
            jobs.capabilities().require(Capability.INSPECTION, "postgres");
        }
        return jobs.feature(Inspect.class).orElse(null);
    }

    private static String version() {
        String version = Leat.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** Has jobs of a kind run by a handler, in this process too. To be called before {@link #start}. */
    public <P> Leat handle(JobKind<P> kind, Handler<P> handler) {
        if (worker != null) {
            throw new IllegalStateException("handlers must be given before start()");
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
        if (worker != null) {
            throw new IllegalStateException("started before");
        }
        if (handlers.kinds().isEmpty()) {
            throw new IllegalStateException("no kind is handled; call handle(kind, handler) first");
        }
        Worker made = new Worker(jobs, handlers, config, served::now, clock, this::nodeNumber);
        node.announce(NodeStatus.RUNNING, handlers.kinds());
        nodeRunner.wake();
        made.start();
        worker = made;
        listen();
        return this;
    }

    /** From now on, if the store tells of jobs at all. */
    private synchronized void listen() {
        if (listening == null && !closed) {
            listening = wakeups.map(each -> each.listen(this::told)).orElse(null);
        }
    }

    private Optional<IdleWorker.Slot> slot(Lane lane) {
        Worker running = worker;
        return running == null ? Optional.empty() : running.slot(lane);
    }

    /** Of what was enqueued here the store tells, if it tells of anything. */
    private void enqueued() {
        if (listening == null) {
            wake();
            puller.told(Wakeups.Wakeup.ANYWHERE);
        }
    }

    /** What the store has told, if it is about jobs that can run here. */
    private void told(Wakeups.Wakeup wakeup) {
        puller.told(wakeup);
        if (wakeup.isAnywhere() || wakeup.lanes().stream().anyMatch(this::isServed)) {
            wake();
        }
    }

    /** As far as is known without a search; a queue that was not known is from now on. */
    private boolean isServed(Lane lane) {
        if (!handlers.kinds().contains(lane.kind())) {
            return false;
        }
        served.expect(lane.queue());
        return served.now().contains(new TenantQueue(lane.tenant(), lane.queue()));
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
        return puller.queue(config);
    }

    /** Says that a transaction with jobs in it was committed, so that they run at once, here or in another process. */
    public void committed() {
        wake();
        wakeups.ifPresent(Wakeups::committed);
    }

    private void wake() {
        Worker running = worker;
        if (running != null) {
            running.expectJobs();
        }
    }

    /** Says that jobs were put into a queue, so that they are found at once also if it is a new one. */
    public void expectJobs(QueueName queue) {
        served.expect(queue);
        wake();
    }

    /**
     * Has no worker take jobs from a queue any more: none is claimed after this has returned here, and within about two seconds elsewhere. What runs
     * goes on, and what is being claimed at that moment still runs.
     */
    public void pause(TenantName tenant, QueueName queue) {
        paused.pause(new TenantQueue(tenant, queue));
        served.doWork();
    }

    /** Ends a pause. */
    public void resume(TenantName tenant, QueueName queue) {
        paused.resume(new TenantQueue(tenant, queue));
        served.doWork();
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
        puller.close();
        Wakeups.Listening told = listening;
        if (told != null) {
            told.close();
        }
        Worker running = worker;
        if (running != null) {
            node.announce(NodeStatus.DRAINING, handlers.kinds());
            nodeRunner.wake();
            running.close();
        }
        DutyRunner.closeAll(List.of(queuesRunner, nodeRunner));
        node.close();
    }
}
