package dev.leat.bench.postgres;

import dev.leat.bench.Bench;
import dev.leat.bench.Contender;
import dev.leat.bench.Findings;
import dev.leat.bench.Measure;
import dev.leat.bench.Sample;
import dev.leat.bench.Scenario;
import dev.leat.bench.Target;
import dev.leat.bench.WrongResultException;
import dev.leat.engine.work.WorkerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** One job a call, each caller waiting until it is durable, beside commits of one row each. */
final class SingleEnqueue implements Scenario {
    private static final List<Integer> CALLERS = List.of(1, 10, 64, 256);
    private static final List<Integer> CONNECTIONS = List.of(1, 64);
    private static final Map<Integer, Target> TARGETS = Map.of(64, Target.atLeast(3), 256, Target.atLeast(6));

    @Override
    public String name() {
        return "single-enqueue";
    }

    @Override
    public String title() {
        return "jobs enqueued one in a call, each caller waiting for its commit, beside inserts of one row each";
    }

    @Override
    public Findings measure(Bench bench) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        CALLERS.forEach(callers -> contenders.add(Contender.of(leat(callers), () -> leat(bench, callers))));
        CONNECTIONS.forEach(many -> contenders.add(Contender.of(rows(many), () -> rows(bench, many))));
        Findings findings = bench.interleaved(contenders);
        for (int callers : CALLERS) {
            findings.ratio(
                    "single enqueue with " + callers + " callers vs one-row commits on 64 connections",
                    Measure.JOBS_PER_SECOND,
                    leat(callers),
                    rows(64),
                    TARGETS.get(callers));
        }
        return findings.ratio(
                "single enqueue with 1 caller vs one-row commits on 1 connection, p50",
                Measure.P50,
                leat(1),
                rows(1),
                null);
    }

    private static String leat(int callers) {
        return "leat, " + callers + (callers == 1 ? " caller" : " callers");
    }

    private static String rows(int connections) {
        return "one-row commits, " + connections + (connections == 1 ? " connection" : " connections");
    }

    private static Sample leat(Bench bench, int callers) throws Exception {
        try (Schema schema = Schema.fresh(bench.server());
                LeatOnPostgres leat = LeatOnPostgres.open(bench.server(), schema.name(), WorkerConfig.DEFAULT)) {
            return new TimedCalls(bench.server(), callers, bench.sizes().span())
                    .measured(
                            () -> () -> leat.leat().enqueue(LeatOnPostgres.KIND, Payloads.SMALL),
                            calls -> WrongResultException.requireEqual("jobs", calls, leat.stored()));
        }
    }

    private static Sample rows(Bench bench, int connections) throws Exception {
        RawRows rows = new RawRows(bench.server(), Payloads.SMALL);
        rows.create();
        try (Connections inserts = new Connections()) {
            AtomicLong ids = new AtomicLong();
            return new TimedCalls(bench.server(), connections, bench.sizes().span())
                    .measured(
                            () -> {
                                RawRows.Insert insert = inserts.add(new RawRows.Insert(bench.server(), Payloads.SMALL));
                                return () -> insert.row(ids.incrementAndGet());
                            },
                            calls -> WrongResultException.requireEqual("rows", calls, rows.count()));
        } finally {
            rows.drop();
        }
    }

    /** Those that callers have opened. */
    private static final class Connections implements AutoCloseable {
        private final List<RawRows.Insert> open = new ArrayList<>();

        synchronized RawRows.Insert add(RawRows.Insert insert) {
            open.add(insert);
            return insert;
        }

        @Override
        public synchronized void close() throws Exception {
            for (RawRows.Insert each : open) {
                each.close();
            }
        }
    }
}
