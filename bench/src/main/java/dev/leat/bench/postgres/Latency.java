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
import dev.leat.bench.WrongResultException;
import dev.leat.engine.work.WorkerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long it takes from the call that enqueues a job to the start of its handler, by how many are enqueued a second, beside
 * commits of one row at the same rate.
 */
final class Latency implements Scenario {
    private static final List<Integer> RATES = List.of(20, 300, 500, 2_000);
    private static final int CONNECTIONS = 32;

    /** A process that has just started is busy compiling itself. */
    private static final Duration LEAD = Duration.ofSeconds(20);

    /** One that runs handlers alone compiles itself for a minute and more at 500 jobs a second. */
    private static final OfferedLoad WARM_UP = new OfferedLoad(2_000, Duration.ofSeconds(50));

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public String title() {
        return "from the enqueue call to the start of the handler at some jobs a second, beside one-row commits";
    }

    @Override
    public Findings measure(Bench bench) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        for (int rate : RATES) {
            OfferedLoad load = new OfferedLoad(rate, bench.sizes().span());
            contenders.add(Contender.of(here(rate), () -> here(bench.server(), load)));
            contenders.add(Contender.of(there(rate), () -> there(bench.server(), load)));
            contenders.add(Contender.of(rows(rate), () -> rows(bench.server(), load)));
        }
        return bench.interleaved(contenders)
                .ratio(
                        "enqueue to handler vs one-row commit at 500/s, in process, p50",
                        Measure.P50,
                        here(500),
                        rows(500),
                        Target.atMost(2.5))
                .ratio(
                        "enqueue to handler vs one-row commit at 500/s, in process, p99",
                        Measure.P99,
                        here(500),
                        rows(500),
                        Target.atMost(4))
                .ratio(
                        "enqueue to handler vs one-row commit at 500/s, across processes, p50",
                        Measure.P50,
                        there(500),
                        rows(500),
                        Target.atMost(5))
                .figure(
                        "p95 ms from enqueue to handler at 300/s, in process",
                        Measure.P95,
                        here(300),
                        Target.atMost(10))
                .figure(
                        "p95 ms from enqueue to handler at 300/s, across processes",
                        Measure.P95,
                        there(300),
                        Target.atMost(10));
    }

    private static String here(int rate) {
        return "leat in process, %,d/s".formatted(rate);
    }

    private static String there(int rate) {
        return "leat across processes, %,d/s".formatted(rate);
    }

    private static String rows(int rate) {
        return "one-row commits, %,d/s".formatted(rate);
    }

    private static Sample here(Server server, OfferedLoad load) throws Exception {
        Latencies latencies = new Latencies();
        try (Schema schema = Schema.fresh(server);
                LeatOnPostgres leat = LeatOnPostgres.open(server, schema.name(), WorkerConfig.DEFAULT)) {
            leat.handle(Handlers.noting(latencies));
            leat.start();
            server.settle();
            load.lead(LEAD).run(() -> leat.leat().enqueue(LeatOnPostgres.KIND, Handlers.never()));
            Meter meter = server.meter();
            load.run(() -> leat.leat().enqueue(LeatOnPostgres.KIND, Handlers.now()));
            leat.awaitSettled(load.allCalls(LEAD));
            Sample sample = meter.sample(load.calls());
            leat.requireCompleted(load.allCalls(LEAD), leat.handled());
            return latencies.in(sample);
        }
    }

    private static Sample there(Server server, OfferedLoad load) throws Exception {
        int all = WARM_UP.calls() + load.allCalls(LEAD);
        AtomicInteger left = new AtomicInteger(all);
        CountDownLatch done = new CountDownLatch(1);
        try (Schema schema = Schema.fresh(server);
                LeatOnPostgres leat = LeatOnPostgres.open(server, schema.name(), WorkerConfig.DEFAULT);
                WorkerProcess worker = WorkerProcess.start(server, schema.name(), WorkerMain.Work.LATENCY, settled -> {
                    if (left.addAndGet(-settled) <= 0) {
                        done.countDown();
                    }
                })) {
            worker.begin();
            server.settle();
            WARM_UP.run(() -> leat.leat().enqueue(LeatOnPostgres.KIND, Handlers.never()));
            load.lead(LEAD).run(() -> leat.leat().enqueue(LeatOnPostgres.KIND, Handlers.never()));
            Meter meter = server.meter();
            load.run(() -> leat.leat().enqueue(LeatOnPostgres.KIND, Handlers.now()));
            done.await();
            Sample sample = meter.sample(load.calls());
            WorkerProcess.Ended ended = worker.end();
            leat.requireCompleted(all, ended.handled());
            return ended.latencies().in(sample);
        }
    }

    private static Sample rows(Server server, OfferedLoad load) throws Exception {
        RawRows rows = new RawRows(server, Payloads.SMALL);
        rows.create();
        BlockingQueue<RawRows.Insert> free = new ArrayBlockingQueue<>(CONNECTIONS);
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                free.add(new RawRows.Insert(server, Payloads.SMALL));
            }
            server.settle();
            AtomicLong ids = new AtomicLong();
            load.lead(LEAD).run(() -> commitOne(free, ids, new Latencies()));
            Latencies latencies = new Latencies();
            Meter meter = server.meter();
            load.run(() -> commitOne(free, ids, latencies));
            Sample sample = meter.sample(load.calls());
            WrongResultException.requireEqual("rows", load.allCalls(LEAD), rows.count());
            return latencies.in(sample);
        } finally {
            for (RawRows.Insert each : free) {
                each.close();
            }
            rows.drop();
        }
    }

    private static void commitOne(BlockingQueue<RawRows.Insert> free, AtomicLong ids, Latencies latencies)
            throws Exception {
        long from = System.nanoTime();
        RawRows.Insert insert = free.take();
        insert.row(ids.incrementAndGet());
        free.add(insert);
        latencies.add(System.nanoTime() - from);
    }

    /** Calls at an even rate, whether or not earlier ones have returned. */
    private record OfferedLoad(int perSecond, Duration span) {
        /** How many calls it makes, at least 1. */
        int calls() {
            return (int) Math.max(1, perSecond * span.toMillis() / 1_000);
        }

        /** What comes before, and does not count. */
        OfferedLoad lead(Duration time) {
            return new OfferedLoad(perSecond, time);
        }

        int allCalls(Duration lead) {
            return lead(lead).calls() + calls();
        }

        void run(Callers.Loop call) throws Exception {
            Paced.run(calls(), Duration.ofSeconds(1).dividedBy(perSecond), call);
        }
    }
}
