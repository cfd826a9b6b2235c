package dev.leat.bench.postgres;

import dev.leat.bench.Bench;
import dev.leat.bench.Findings;
import dev.leat.bench.Measure;
import dev.leat.bench.Scenario;
import dev.leat.bench.Server;
import dev.leat.bench.Target;
import java.util.List;

/** How fast jobs that are there are run and settled, by how many a claim takes, beside a classic table. */
final class Drain implements Scenario {
    @Override
    public String name() {
        return "drain";
    }

    @Override
    public String title() {
        return "jobs enqueued many in a call, run by a handler that does nothing and settled, beside a classic table";
    }

    @Override
    public Findings measure(Bench bench) throws Exception {
        Server server = bench.server();
        int jobs = bench.sizes().jobs();
        LeatDrain most = LeatDrain.of(server, jobs);
        ClassicTable classic = new ClassicTable(server, jobs);
        return bench.interleaved(List.of(
                        most,
                        classic,
                        most.named("leat, 100 slots").withSlots(100),
                        // A claim of few is slow: as long with fewer jobs.
                        most.named("leat, 10 slots").withSlots(10).withJobs(Math.max(1, jobs / 4)),
                        most.named("leat, 1 slot").withSlots(1).withJobs(Math.max(1, jobs / 20))))
                .ratio(
                        "drain vs classic table",
                        Measure.JOBS_PER_SECOND,
                        most.name(),
                        classic.name(),
                        Target.atLeast(2.5).goal(5))
                .figure("WAL B per drained job, bulk in order", Measure.WAL, most.name(), Target.atMost(200));
    }
}
