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
import java.sql.Connection;
import java.util.List;

/** Many jobs by one caller, beside binary COPY of the same rows: as many in a commit, and all in one. */
final class BulkEnqueue implements Scenario {
    private static final String LEAT = "leat, one caller";
    private static final String ALIKE = "COPY, 10,000 rows a commit";
    private static final String WHOLE = "COPY, one commit";
    private static final Target TARGET = Target.atLeast(0.75).goal(0.9);
    private static final int BATCH = 10_000;

    @Override
    public String name() {
        return "bulk-enqueue";
    }

    @Override
    public String title() {
        return "jobs enqueued many in a call, beside raw COPY of the same rows into a table with a primary key";
    }

    @Override
    public Findings measure(Bench bench) throws Exception {
        Server server = bench.server();
        int jobs = bench.sizes().jobs();
        return bench.interleaved(List.of(
                        Contender.of(LEAT, () -> leat(server, jobs)),
                        Contender.of(ALIKE, () -> copy(server, jobs, BATCH)),
                        Contender.of(WHOLE, () -> copy(server, jobs, jobs))))
                .ratio("bulk enqueue vs raw COPY", Measure.JOBS_PER_SECOND, LEAT, ALIKE, TARGET)
                .ratio("bulk enqueue vs raw COPY in one commit", Measure.JOBS_PER_SECOND, LEAT, WHOLE, null);
    }

    private static Sample leat(Server server, int jobs) throws Exception {
        try (Schema schema = Schema.fresh(server);
                LeatOnPostgres leat = LeatOnPostgres.open(server, schema.name(), WorkerConfig.DEFAULT)) {
            server.settle();
            Meter meter = server.meter();
            leat.enqueueMany(Payloads.SMALL, jobs);
            Sample sample = meter.sample(jobs);
            WrongResultException.requireEqual("jobs", jobs, leat.stored());
            return sample;
        }
    }

    private static Sample copy(Server server, int jobs, int batch) throws Exception {
        RawRows rows = new RawRows(server, Payloads.SMALL);
        rows.create();
        try (Connection connection = server.connect()) {
            server.settle();
            Meter meter = server.meter();
            for (int sent = 0; sent < jobs; sent += batch) {
                rows.copy(connection, 1L + sent, Math.min(batch, jobs - sent));
            }
            Sample sample = meter.sample(jobs);
            WrongResultException.requireEqual("rows", jobs, rows.count());
            return sample;
        } finally {
            rows.drop();
        }
    }
}
