package dev.leat.bench.postgres;

import dev.leat.bench.Contender;
import dev.leat.bench.Meter;
import dev.leat.bench.Sample;
import dev.leat.bench.Server;
import dev.leat.engine.handler.Handler;
import dev.leat.engine.work.WorkerConfig;

/**
 * Leat running jobs that are all there before it starts, from the start of its worker until the last one is settled; history
 * is kept.
 *
 * @param slots as many run at once, and are claimed at once at most
 * @param payload of each job
 * @param singly whether the jobs are enqueued one by one instead of many in a call
 */
public record LeatDrain(
        String name, Server server, int jobs, int slots, String payload, Handler<String> handler, boolean singly)
        implements Contender {
    /** Jobs of 200 bytes enqueued many in a call, 1,000 slots, a handler that does nothing. */
    public static LeatDrain of(Server server, int jobs) {
        return new LeatDrain("leat, 1,000 slots", server, jobs, 1_000, Payloads.SMALL, Handlers.NOTHING, false);
    }

    public LeatDrain named(String other) {
        return new LeatDrain(other, server, jobs, slots, payload, handler, singly);
    }

    public LeatDrain withJobs(int other) {
        return new LeatDrain(name, server, other, slots, payload, handler, singly);
    }

    public LeatDrain withSlots(int other) {
        return new LeatDrain(name, server, jobs, other, payload, handler, singly);
    }

    public LeatDrain withPayload(String other) {
        return new LeatDrain(name, server, jobs, slots, other, handler, singly);
    }

    public LeatDrain withHandler(Handler<String> other) {
        return new LeatDrain(name, server, jobs, slots, payload, other, singly);
    }

    /** With jobs that are enqueued one by one, 64 callers at once. */
    public LeatDrain enqueuedSingly() {
        return new LeatDrain(name, server, jobs, slots, payload, handler, true);
    }

    @Override
    public Sample run() throws Exception {
        try (Schema schema = Schema.fresh(server);
                LeatOnPostgres leat =
                        LeatOnPostgres.open(server, schema.name(), WorkerConfig.DEFAULT.withSlots(slots))) {
            leat.handle(handler);
            server.settle();
            if (singly) {
                leat.enqueueSingly(payload, jobs);
            } else {
                leat.enqueueMany(payload, jobs);
            }
            Meter meter = server.meter();
            leat.start();
            leat.awaitSettled(jobs);
            Sample sample = meter.sample(jobs);
            leat.requireCompleted(jobs, leat.handled());
            return sample;
        }
    }
}
