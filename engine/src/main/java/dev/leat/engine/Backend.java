package dev.leat.engine;

import dev.leat.api.Lane;
import dev.leat.api.QueueName;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Wakeups;
import dev.leat.api.store.Wakeups.Wakeup;
import dev.leat.engine.client.Destination;
import dev.leat.engine.client.IdleWorker;
import dev.leat.engine.duty.DutyRunner;
import dev.leat.engine.duty.Pace;
import dev.leat.engine.id.MonotonicClock;
import dev.leat.engine.pull.Puller;
import dev.leat.engine.queue.PausedQueues;
import dev.leat.engine.queue.ServedQueues;
import dev.leat.engine.queue.TenantQueue;
import dev.leat.engine.work.Handlers;
import dev.leat.engine.work.Worker;
import dev.leat.engine.work.WorkerConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One store as this process uses it: what comes into it, which of its queues are served here, and the worker that runs their jobs. Of
 * several each has a worker of its own, so that one which does not answer holds up nobody else. Thread-safe.
 */
final class Backend implements AutoCloseable {
    private static final Duration QUEUES_PACE = Duration.ofSeconds(2);

    private final JobStore jobs;
    private final Handlers handlers;
    private final WorkerConfig config;
    private final MonotonicClock clock;
    private final IntSupplier nodeNumber;
    private final Puller puller;
    private final Optional<Wakeups> wakeups;
    private final ServedQueues served;
    private final DutyRunner queuesRunner;
    private volatile @Nullable Worker worker;
    private volatile Wakeups.@Nullable Listening listening;
    private boolean closed;

    Backend(
            String name,
            JobStore jobs,
            Handlers handlers,
            WorkerConfig config,
            PausedQueues paused,
            MonotonicClock clock,
            IntSupplier nodeNumber) {
        this.jobs = jobs;
        this.handlers = handlers;
        this.config = config;
        this.clock = clock;
        this.nodeNumber = nodeNumber;
        puller = new Puller(jobs, clock, nodeNumber, this::listen, paused::contains);
        wakeups = jobs.feature(Wakeups.class);
        served = new ServedQueues(
                config.tenants(), config.queues(), jobs.feature(Inspect.class).orElse(null), paused, this::wake);
        queuesRunner = DutyRunner.start("queues-" + name, served, Pace.every(QUEUES_PACE), clock);
    }

    /** For those who take jobs without a handler. */
    Puller puller() {
        return puller;
    }

    Destination destination() {
        return new Destination(jobs, this::enqueued, this::slot);
    }

    synchronized void start() {
        if (!closed) {
            Worker made = new Worker(jobs, handlers, config, served::now, clock, nodeNumber);
            made.start();
            worker = made;
            listen();
        }
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
            puller.told(Wakeup.ANYWHERE);
        }
    }

    /** What the store has told, if it is about jobs that can run here. */
    private void told(Wakeup wakeup) {
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

    /** A transaction with jobs in it was committed. */
    void committed() {
        wake();
        wakeups.ifPresent(Wakeups::committed);
    }

    /** Jobs may have become available. */
    void wake() {
        Worker running = worker;
        if (running != null) {
            running.expectJobs();
        }
    }

    /** A queue has jobs, which may be its first. */
    void expectJobs(QueueName queue) {
        served.expect(queue);
        wake();
    }

    /** Looks at once which queues are paused. */
    void pausesChanged() {
        served.doWork();
    }

    /** Stops the worker in good order: see {@link Worker#close}. May be called twice. */
    @Override
    public synchronized void close() {
        closed = true;
        Wakeups.Listening told = listening;
        if (told != null) {
            told.close();
        }
        Worker running = worker;
        if (running != null) {
            running.close();
        }
        queuesRunner.close();
    }
}
