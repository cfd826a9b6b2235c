package dev.leat.bench.postgres;

import dev.leat.bench.Scenario;
import java.util.List;

/** What is measured of Leat on PostgreSQL. */
public final class PostgresScenarios {
    /** In the order in which they are measured. */
    public static final List<Scenario> ALL = List.of(
            new BulkEnqueue(),
            new SingleEnqueue(),
            new Drain(),
            new DrainSingles(),
            DrainVariants.HANDLERS,
            DrainVariants.LONG_JOBS,
            DrainVariants.RESULTS,
            DrainVariants.RANDOM_ORDER,
            DrainVariants.PAYLOADS,
            new Mixed(),
            new Latency(),
            new Backlog(),
            new HeldSnapshot());

    private PostgresScenarios() {}
}
