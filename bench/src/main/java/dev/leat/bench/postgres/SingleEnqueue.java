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
import java.util.Locale;
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
        for (Callers.Kind kind : Callers.Kind.values()) {
            CALLERS.forEach(
                    callers -> contenders.add(Contender.of(leat(callers, kind), () -> leat(bench, callers, kind))));
            CONNECTIONS.forEach(many -> contenders.add(Contender.of(rows(many, kind), () -> rows(bench, many, kind))));
        }
        Findings findings = bench.interleaved(contenders);
        for (Callers.Kind kind : Callers.Kind.values()) {
            for (int callers : CALLERS) {
                findings.ratio(
                        "single enqueue with " + callers + " callers vs one-row commits on 64 connections" + on(kind),
                        Measure.JOBS_PER_SECOND,
                        leat(callers, kind),
                        rows(64, kind),
                        TARGETS.get(callers));
            }
        }
        return findings.ratio(
                "single enqueue with 1 caller vs one-row commits on 1 connection, p50",
                Measure.P50,
                leat(1, Callers.Kind.PLATFORM),
                rows(1, Callers.Kind.PLATFORM),
                null);
    }

    private static String leat(int callers, Callers.Kind kind) {
        return "leat, " + callers + (callers == 1 ? " caller" : " callers") + on(kind);
    }

    private static String rows(int connections, Callers.Kind kind) {
        return "one-row commits, " + connections + (connections == 1 ? " connection" : " connections") + on(kind);
    }

    private static String on(Callers.Kind kind) {
        return ", " + kind.name().toLowerCase(Locale.ROOT) + " threads";
    }

    private static Sample leat(Bench bench, int callers, Callers.Kind kind) throws Exception {
        try (Schema schema = Schema.fresh(bench.server());
                LeatOnPostgres leat = LeatOnPostgres.open(bench.server(), schema.name(), WorkerConfig.DEFAULT)) {
            return new TimedCalls(bench.server(), callers, kind, bench.sizes().span())
                    .measured(
                            () -> () -> leat.leat().enqueue(LeatOnPostgres.KIND, Payloads.SMALL),
                            calls -> WrongResultException.requireEqual("jobs", calls, leat.stored()));
        }
    }

    private static Sample rows(Bench bench, int connections, Callers.Kind kind) throws Exception {
        RawRows rows = new RawRows(bench.server(), Payloads.SMALL);
        rows.create();
        try (Connections inserts = new Connections()) {
            AtomicLong ids = new AtomicLong();
            return new TimedCalls(
                            bench.server(), connections, kind, bench.sizes().span())
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
