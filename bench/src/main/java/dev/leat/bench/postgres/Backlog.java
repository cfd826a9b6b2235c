package dev.leat.bench.postgres;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.TenantName;
import dev.leat.api.store.Inspect;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** How much a drain and looking at jobs suffer from many jobs that wait and many in the history. */
final class Backlog implements Scenario {
    private static final String FULL = "leat, 1,000 slots, backlog and history";
    private static final String FIND = "state of one job by id";
    private static final String COUNTS = "counts by queue and state";
    private static final int LOOKS = 500;
    private static final int COUNTINGS = 20;
    /** One job in so many may be looked for by its id. */
    private static final int SPARSE = 100;

    private static final WorkerConfig CONFIG = WorkerConfig.DEFAULT.withSlots(1_000);

    @Override
    public String name() {
        return "backlog";
    }

    @Override
    public String title() {
        return "a drain with --backlog jobs waiting behind it and as many in the history, and looking at them";
    }

    @Override
    public Findings measure(Bench bench) throws Exception {
        Server server = bench.server();
        int jobs = bench.sizes().jobs();
        try (Schema schema = Schema.fresh(server)) {
            Filled filled = Filled.with(server, schema, bench.sizes().backlog());
            LeatDrain empty = LeatDrain.of(server, jobs);
            return bench.interleaved(List.of(
                            empty,
                            Contender.of(FULL, () -> filled.drain(jobs)),
                            Contender.of(FIND, filled::find),
                            Contender.of(COUNTS, filled::counts)))
                    .ratio(
                            "drain with backlog and history vs empty",
                            Measure.JOBS_PER_SECOND,
                            FULL,
                            empty.name(),
                            Target.atLeast(0.85))
                    .figure("p95 ms, " + FIND, Measure.P95, FIND, Target.atMost(1))
                    .figure("p95 ms, " + COUNTS, Measure.P95, COUNTS, Target.atMost(5));
        }
    }

    /** A store that holds a backlog and a history. */
    private static final class Filled {
        private final Server server;
        private final Schema schema;
        private final int backlog;
        private final List<JobId> some = new ArrayList<>();
        private long enqueued;
        private long completed;

        private Filled(Server server, Schema schema, int backlog) {
            this.server = server;
            this.schema = schema;
            this.backlog = backlog;
        }

        static Filled with(Server server, Schema schema, int backlog) throws Exception {
            Filled filled = new Filled(server, schema, backlog);
            filled.drain(backlog);
            try (LeatOnPostgres leat = LeatOnPostgres.open(server, schema.name(), CONFIG)) {
                filled.refill(leat, backlog);
            }
            // What autovacuum does sooner or later to rows that stay for long.
            server.execute("vacuum analyze");
            return filled;
        }

        private void refill(LeatOnPostgres leat, long waiting) {
            int more = (int) (waiting - (enqueued - completed));
            leat.enqueueMany(Payloads.SMALL, more, receipts -> {
                for (int i = 0; i < receipts.size(); i += SPARSE) {
                    some.add(receipts.get(i).id());
                }
            });
            enqueued += more;
        }

        Sample drain(int jobs) throws Exception {
            Sample sample;
            long settled;
            LeatOnPostgres leat = LeatOnPostgres.open(server, schema.name(), CONFIG);
            try (leat) {
                leat.handle(Handlers.NOTHING);
                server.settle();
                refill(leat, jobs + (completed == 0 ? 0L : backlog));
                Meter meter = server.meter();
                leat.start();
                leat.awaitSettled(jobs);
                sample = meter.sample(jobs);
            }
            settled = leat.settled(); // some more until it had stopped
            WrongResultException.requireEqual("calls of handlers", settled, leat.handled());
            completed += settled;
            check();
            return sample;
        }

        private void check() throws Exception {
            WrongResultException.requireEqual(
                    "completed jobs",
                    completed,
                    server.number("select count(*) from " + schema.name() + ".jobs where status = 'completed'"));
            WrongResultException.requireEqual(
                    "waiting jobs",
                    enqueued - completed,
                    server.number("select count(*) from " + schema.name() + ".jobs where status = 'pending'"));
        }

        Sample find() throws Exception {
            return looks(LOOKS, inspect -> {
                JobId id = some.get(ThreadLocalRandom.current().nextInt(some.size()));
                WrongResultException.requireEqual(
                        "jobs found by id", 1, inspect.find(TenantName.MAIN, id).isPresent() ? 1 : 0);
            });
        }

        Sample counts() throws Exception {
            return looks(
                    COUNTINGS,
                    inspect -> WrongResultException.requireEqual(
                            "completed jobs counted",
                            completed,
                            inspect.queues(TenantName.MAIN, null, 100).stream()
                                    .mapToLong(each -> each.in(JobState.COMPLETED))
                                    .sum()));
        }

        private Sample looks(int times, Look look) throws Exception {
            try (LeatOnPostgres leat = LeatOnPostgres.open(server, schema.name(), CONFIG)) {
                Inspect inspect = leat.inspect();
                // A process that has just started is busy compiling itself.
                for (int i = 0; i < times; i++) {
                    look.at(inspect);
                }
                Latencies latencies = new Latencies();
                Meter meter = server.meter();
                for (int i = 0; i < times; i++) {
                    long from = System.nanoTime();
                    look.at(inspect);
                    latencies.add(System.nanoTime() - from);
                }
                return latencies.in(meter.sample(times));
            }
        }

        private interface Look {
            void at(Inspect inspect) throws Exception;
        }
    }
}
