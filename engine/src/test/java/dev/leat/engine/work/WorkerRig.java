package dev.leat.engine.work;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.TenantName;
import dev.leat.api.store.JobRecord;
import dev.leat.engine.client.Client;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.handler.Handler;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.id.MonotonicClock;
import dev.leat.engine.id.NodeLease;
import dev.leat.engine.id.NodeSettings;
import dev.leat.engine.memory.InMemoryControlStore;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.engine.queue.TenantQueue;
import dev.leat.engine.rig.FaultyJobStore;
import dev.leat.engine.rig.SteppedClock;
import dev.leat.testkit.StoreClock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** Workers on a store in memory, with the store's clock and the process's in a test's hands. */
final class WorkerRig {
    record Note(String text) {}

    static final JobKind<Note> NOTE = JobKind.of("note", Note.class);
    static final Duration LEASE = WorkerConfig.DEFAULT.lease();

    final StoreClock storeClock = new StoreClock();
    final SteppedClock clock = new SteppedClock();
    final InMemoryJobStore jobs = new InMemoryJobStore(storeClock);
    /** The workers' way to the store. */
    final FaultyJobStore store = new FaultyJobStore(jobs);

    final Client client;
    private final NodeLease node;
    private final AtomicInteger workers = new AtomicInteger();

    WorkerRig() {
        node = NodeLease.acquire(
                new InMemoryControlStore(storeClock), MonotonicClock.SYSTEM, NodeSettings.ofThisProcess("test"));
        client = new Client(jobs, node.ids(), () -> {});
    }

    static <P> Handlers handlers(JobKind<P> kind, Handler<P> handler) {
        Handlers handlers = new Handlers();
        handlers.add(kind, handler);
        return handlers;
    }

    Worker worker(Handler<Note> notes) {
        return worker(WorkerConfig.DEFAULT, handlers(NOTE, notes));
    }

    /** A worker with a number of its own, which does its duties when it is ticked. */
    Worker worker(WorkerConfig config, Handlers handlers) {
        int number = workers.incrementAndGet();
        List<TenantQueue> queues = config.tenants().stream()
                .flatMap(tenant -> config.queues().stream().map(queue -> new TenantQueue(tenant, queue)))
                .toList();
        return new Worker(store, handlers, config, () -> queues, clock, () -> number);
    }

    /** One that hands jobs over to the worker, by the worker's way to the store. */
    Client clientOf(Worker worker) {
        return new Client(store, node.ids(), worker::expectJobs, worker);
    }

    JobId enqueue(String text) {
        return client.enqueue(NOTE, new Note(text)).id();
    }

    List<JobId> enqueue(int number) {
        List<Note> notes =
                IntStream.range(0, number).mapToObj(n -> new Note("note " + n)).toList();
        return client.enqueueAll(NOTE, notes, EnqueueOptions.DEFAULT).stream()
                .map(receipt -> receipt.id())
                .toList();
    }

    JobRecord find(JobId id) {
        return jobs.find(TenantName.MAIN, id).orElseThrow();
    }

    JobState state(JobId id) {
        return find(id).state();
    }

    boolean all(Collection<JobId> ids, JobState state) {
        return ids.stream().allMatch(id -> state(id) == state);
    }

    /** Both clocks. */
    void advance(Duration by) {
        storeClock.advance(by);
        clock.advance(by);
    }

    /** Ticks until the job is in that state. */
    void tickUntil(Worker worker, JobId id, JobState state) {
        tickUntil(worker, () -> state(id) == state);
    }

    /** Ticks, as handlers end on threads of their own, until it is so. */
    void tickUntil(Worker worker, BooleanSupplier condition) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(2, TimeUnit.MILLISECONDS)
                .atMost(Duration.ofSeconds(20))
                .until(() -> {
                    worker.expectJobs();
                    worker.tick();
                    return condition.getAsBoolean();
                });
    }
}
