package dev.leat.verify.simulation;

import dev.leat.api.KindName;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.control.Leadership;
import dev.leat.engine.handler.JobContext;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.handler.JobSignal;
import dev.leat.engine.handler.RetryPolicy;
import dev.leat.engine.queue.TenantQueue;
import dev.leat.engine.work.Handlers;
import dev.leat.engine.work.Worker;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.verify.history.RecordedJobStore;
import dev.leat.verify.history.Recorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A process of a simulated world: a worker whose duties are done, and whose handlers end, when the world says so. */
final class Node {
    static final List<QueueName> QUEUES = List.of(new QueueName("mail"), new QueueName("video"));
    static final KindName WORK = new KindName("work");
    static final KindName POISON = new KindName("poison");
    static final Duration LEASE = Duration.ofSeconds(30);

    /** How a handler ends. */
    sealed interface End {
        record Completes() implements End {}

        record Fails() implements End {}

        record Signals(JobSignal signal) implements End {}
    }

    final String name;
    final int number;
    final Path path;
    final RecordedJobStore store;
    final Recorder recorder;
    final Worker worker;
    final List<Worker.Part> parts;
    final List<Started> started = new ArrayList<>();
    boolean stopped;

    @Nullable
    Leadership leadership;

    private End next = new End.Completes();

    /** A handler that was started, and has not come to anything yet. */
    record Started(String name, Runnable run) {}

    Node(String name, int number, Path path, List<TenantName> tenants, Recorder recorder, VirtualClock clock) {
        this.name = name;
        this.number = number;
        this.path = path;
        this.recorder = recorder;
        store = new RecordedJobStore(path, recorder);
        Handlers handlers = new Handlers();
        for (KindName kind : List.of(WORK, POISON)) {
            handlers.add(
                    JobKind.of(kind.value(), Payload.class)
                            .withRetry(new RetryPolicy(Duration.ofSeconds(2), 3, Duration.ofMinutes(1), false)),
                    this::handle);
        }
        List<TenantQueue> queues = tenants.stream()
                .flatMap(tenant -> QUEUES.stream().map(queue -> new TenantQueue(tenant, queue)))
                .toList();
        WorkerConfig config = WorkerConfig.DEFAULT.withSlots(8).withLease(LEASE);
        worker = new Worker(store, handlers, config, () -> queues, clock, () -> number, (run, handler) -> {
            started.add(new Started(run, handler));
            return () -> {};
        });
        parts = worker.parts();
    }

    private void handle(Payload payload, JobContext context) {
        switch (next) {
            case End.Completes completes -> {}
            case End.Fails fails -> throw new IllegalStateException("as planned");
            case End.Signals signals -> throw signals.signal();
        }
    }

    /** Has a handler come to its end. */
    void end(Started handler, End how) {
        next = how;
        started.remove(handler);
        handler.run.run();
    }
}
