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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

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

    private static Sample drain(Server server, int jobs) throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        AtomicInteger left = new AtomicInteger(jobs);
        try (Schema schema = Schema.fresh(server);
                LeatOnPostgres leat = LeatOnPostgres.open(server, schema.name(), WorkerConfig.DEFAULT);
                WorkerProcess one = worker(server, schema, left, done);
                WorkerProcess two = worker(server, schema, left, done)) {
            server.settle();
            for (int sent = 0, call = 0; sent < jobs; sent += CALL, call++) {
                leat.enqueue(
                        Payloads.SMALL,
                        Math.min(CALL, jobs - sent),
                        EnqueueOptions.DEFAULT
                                .in("queue-" + call % QUEUES)
                                .withPriority(3 + call / QUEUES % PRIORITIES));
            }
            Meter meter = server.meter();
            one.begin();
            two.begin();
            done.await();
            Sample sample = meter.sample(jobs);
            leat.requireCompleted(jobs, one.end().handled() + two.end().handled());
            return sample;
        }
    }

    private static WorkerProcess worker(Server server, Schema schema, AtomicInteger left, CountDownLatch done)
            throws Exception {
        return WorkerProcess.start(server, schema.name(), WorkerMain.Work.RESULT, settled -> {
            if (left.addAndGet(-settled) <= 0) {
                done.countDown();
            }
        });
    }
}
