package dev.leat.bench.postgres;

import dev.leat.bench.Bench;
import dev.leat.bench.Findings;
import dev.leat.bench.Measure;
import dev.leat.bench.Scenario;
import dev.leat.bench.Server;
import dev.leat.bench.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Drains that differ from the plain one in a single thing, beside the plain one.
 *
 * @param variants at least one
 */
record DrainVariants(String name, String title, List<Variant> variants) implements Scenario {
    /**
     * One of them.
     *
     * @param name what differs; the contender is called so
     * @param wal what its log per job should be, if that was said
     */
    private record Variant(String name, UnaryOperator<LeatDrain> difference, Optional<Target> wal) {
        Variant(String name, UnaryOperator<LeatDrain> difference) {
            this(name, difference, Optional.empty());
        }
    }

    /** How long the work takes that a job does. */
    static final Scenario HANDLERS = new DrainVariants(
            "handlers",
            "a drain whose handlers take 1 or 20 ms",
            List.of(
                    new Variant("handlers of 1 ms", plain -> plain.withHandler(Handlers.taking(Duration.ofMillis(1)))),
                    new Variant(
                            "handlers of 20 ms", plain -> plain.withHandler(Handlers.taking(Duration.ofMillis(20))))));

    static final Scenario LONG_JOBS = new DrainVariants(
            "long-jobs",
            "a drain in which one job of a hundred takes 500 ms",
            List.of(new Variant(
                    "1 % long jobs", plain -> plain.withHandler(Handlers.taking(Duration.ofMillis(500), 100)))));

    static final Scenario RESULTS = new DrainVariants(
            "results",
            "a drain in which every job leaves a result of 1 KiB",
            List.of(new Variant(
                    "results of 1 KiB",
                    plain -> plain.withHandler(Handlers.leaving(Payloads.ofBytes(1_024), Handlers.NOTHING)))));

    static final Scenario RANDOM_ORDER = new DrainVariants(
            "random-order",
            "a drain with 2,000 slots in which jobs take up to 20 ms, and so end in another order than they began",
            List.of(new Variant(
                    "random settle order",
                    plain -> plain.withSlots(2_000).withHandler(Handlers.takingUpTo(Duration.ofMillis(20))),
                    Optional.of(Target.atMost(250)))));

    static final Scenario PAYLOADS = new DrainVariants(
            "payloads",
            "a drain of jobs that carry 2 KB, a quarter as many, or 64 KB, a hundredth as many",
            List.of(
                    new Variant(
                            "payloads of 2 KB",
                            plain ->
                                    plain.withPayload(Payloads.ofBytes(2_000)).withJobs(Math.max(1, plain.jobs() / 4))),
                    new Variant(
                            "payloads of 64 KB",
                            plain -> plain.withPayload(Payloads.ofBytes(64_000))
                                    .withJobs(Math.max(1, plain.jobs() / 100)))));

    @Override
    public Findings measure(Bench bench) throws Exception {
        Server server = bench.server();
        LeatDrain plain = LeatDrain.of(server, bench.sizes().jobs());
        List<LeatDrain> drains = new ArrayList<>(List.of(plain));
        for (Variant variant : variants) {
            drains.add(variant.difference().apply(plain).named(variant.name()));
        }
        Findings findings = bench.interleaved(drains);
        for (Variant variant : variants) {
            findings.ratio(
                    "drain with " + variant.name() + " vs plain drain",
                    Measure.JOBS_PER_SECOND,
                    variant.name(),
                    plain.name(),
                    null);
            variant.wal()
                    .ifPresent(target -> findings.figure(
                            "WAL B per drained job, " + variant.name(), Measure.WAL, variant.name(), target));
        }
        return findings;
    }
}
