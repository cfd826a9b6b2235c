package dev.leat.bench.postgres;

import dev.leat.bench.Bench;
import dev.leat.bench.Findings;
import dev.leat.bench.Measure;
import dev.leat.bench.Scenario;
import dev.leat.bench.Server;
import dev.leat.bench.Target;
import java.util.List;

/** As {@link Drain}, with jobs that were enqueued one by one. */
final class DrainSingles implements Scenario {
    @Override
    public String name() {
        return "drain-singles";
    }

    @Override
    public String title() {
        return "jobs enqueued one in a call, run by a handler that does nothing and settled, beside a classic table";
    }

    @Override
    public Findings measure(Bench bench) throws Exception {
        Server server = bench.server();
        int jobs = bench.sizes().jobs();
        LeatDrain singles = LeatDrain.of(server, jobs)
                .named("leat, enqueued singly, 1,000 slots")
                .enqueuedSingly();
        ClassicTable classic = new ClassicTable(server, jobs);
        return bench.interleaved(List.of(singles, classic))
                .ratio(
                        "drain of singles vs classic table",
                        Measure.JOBS_PER_SECOND,
                        singles.name(),
                        classic.name(),
                        null)
                .figure("WAL B per drained job, single", Measure.WAL, singles.name(), Target.atMost(400));
    }
}
