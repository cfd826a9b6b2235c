package dev.leat.bench.postgres;

import dev.leat.bench.Bench;
import dev.leat.bench.Contender;
import dev.leat.bench.Findings;
import dev.leat.bench.Measure;
import dev.leat.bench.Meter;
import dev.leat.bench.Sample;
import dev.leat.bench.Scenario;
import dev.leat.bench.Server;
import dev.leat.bench.Target;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.work.WorkerConfig;
import java.util.List;
import java.util.concurrent.Semaphore;

/** Everything at once that makes blocks fall apart. */
final class Mixed implements Scenario {
    private static final String NAME = "mixed, 2 processes";
    private static final int QUEUES = 10;
    private static final int PRIORITIES = 3;
    private static final int CALL = 1_000;

    @Override
    public String name() {
        return "mixed";
    }

    @Override
    public String title() {
        return "a drain of 10 queues with 3 priorities each by 2 processes, in random order, with results of 1 KiB";
    }

    @Override
    public Findings measure(Bench bench) throws Exception {
        LeatDrain plain = LeatDrain.of(bench.server(), bench.sizes().jobs());
        Contender mixed =
                Contender.of(NAME, () -> drain(bench.server(), bench.sizes().jobs()));
        return bench.interleaved(List.of(plain, mixed))
                .ratio("mixed drain vs plain drain", Measure.JOBS_PER_SECOND, NAME, plain.name(), Target.atLeast(0.5));
    }

    /** Twice by the same processes, and measured the second time: a JVM of some seconds is not yet what a worker is. */
    private static Sample drain(Server server, int jobs) throws Exception {
        Semaphore settled = new Semaphore(0);
        try (Schema schema = Schema.fresh(server);
                LeatOnPostgres leat = LeatOnPostgres.open(server, schema.name(), WorkerConfig.DEFAULT);
                WorkerProcess one = worker(server, schema, settled);
                WorkerProcess two = worker(server, schema, settled)) {
            enqueue(leat, jobs);
            drain(one, two, jobs, settled);
            one.rest();
            two.rest();
            server.settle();
            enqueue(leat, jobs);
            Meter meter = server.meter();
            drain(one, two, jobs, settled);
            Sample sample = meter.sample(jobs);
            leat.requireCompleted(2L * jobs, one.end().handled() + two.end().handled());
            return sample;
        }
    }

    private static void enqueue(LeatOnPostgres leat, int jobs) {
        for (int sent = 0, call = 0; sent < jobs; sent += CALL, call++) {
            leat.enqueue(
                    Payloads.SMALL,
                    Math.min(CALL, jobs - sent),
                    EnqueueOptions.DEFAULT.in("queue-" + call % QUEUES).withPriority(3 + call / QUEUES % PRIORITIES));
        }
    }

    private static void drain(WorkerProcess one, WorkerProcess two, int jobs, Semaphore settled)
            throws InterruptedException {
        one.begin();
        two.begin();
        settled.acquire(jobs);
    }

    private static WorkerProcess worker(Server server, Schema schema, Semaphore settled) throws Exception {
        return WorkerProcess.start(server, schema.name(), WorkerMain.Work.RESULT, settled::release);
    }
}
