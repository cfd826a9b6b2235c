package dev.leat.bench.postgres;

import dev.leat.bench.Bench;
import dev.leat.bench.Findings;
import dev.leat.bench.Measure;
import dev.leat.bench.Meter;
import dev.leat.bench.Sample;
import dev.leat.bench.Scenario;
import dev.leat.bench.Series;
import dev.leat.bench.Server;
import dev.leat.bench.Target;
import dev.leat.bench.WrongResultException;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.work.WorkerConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

/** Whether a transaction that keeps vacuum from removing anything slows a steady load down as time goes by. */
final class HeldSnapshot implements Scenario {
    private static final Measure GROWTH = new Measure("growthBytesPer1000Claims", "growth B/1,000 claims", 0);
    private static final Duration PULSE = Duration.ofMillis(10);
    private static final Duration FIRST = Duration.ofMinutes(2);
    private static final Duration LAST = Duration.ofMinutes(5);
    private static final String EARLY = "first minutes";
    private static final String LATE = "last minutes";
    private static final WorkerConfig CONFIG = WorkerConfig.DEFAULT.withSlots(1_000);

    @Override
    public String name() {
        return "held-snapshot";
    }

    @Override
    public String title() {
        return "--rate jobs a second for --minutes under an open transaction: the first 2 minutes and the last 5, or a"
                + " quarter and half";
    }

    @Override
    public Findings measure(Bench bench) throws Exception {
        Server server = bench.server();
        try (Schema schema = Schema.fresh(server);
                Connection holder = server.connect()) {
            Load load =
                    new Load(server, schema, bench.sizes().rate(), bench.sizes().held(), holder);
            List<Series> series = load.measured();
            return new Findings(series)
                    .ratio(
                            "held snapshot, p99 of claims, last vs first minutes",
                            Measure.P99,
                            LATE,
                            EARLY,
                            Target.atMost(1.25))
                    .ratio(
                            "held snapshot, server CPU per job, last vs first minutes",
                            Measure.SERVER_CPU,
                            LATE,
                            EARLY,
                            Target.atMost(1.25));
        }
    }

    /** One load, from its beginning to its end. */
    private static final class Load {
        private final Server server;
        private final Schema schema;
        private final int rate;
        private final Duration length;
        private final Connection holder;
        private final LongAdder claims = new LongAdder();
        private volatile Latencies latencies = new Latencies();

        Load(Server server, Schema schema, int rate, Duration length, Connection holder) {
            this.server = server;
            this.schema = schema;
            this.rate = rate;
            this.length = length;
            this.holder = holder;
        }

        List<Series> measured() throws Exception {
            try (LeatOnPostgres leat = LeatOnPostgres.timed(server, schema.name(), CONFIG, this::claimed);
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                leat.handle(Handlers.NOTHING);
                leat.start();
                server.settle();
                hold();
                int pulse = (int) Math.max(1, rate * PULSE.toMillis() / 1_000);
                long calls = Math.max(1, length.toMillis() * rate / 1_000 / pulse);
                Duration interval = Duration.ofNanos(pulse * 1_000_000_000L / rate);
                Future<?> load = threads.submit(() -> {
                    Paced.run(calls, interval, () -> leat.enqueue(Payloads.SMALL, pulse, EnqueueOptions.DEFAULT));
                    return null;
                });
                Duration first = least(FIRST, length.dividedBy(4));
                Duration last = least(LAST, length.dividedBy(2));
                Sample early = window(leat, load, first);
                pass(load, length.minus(first).minus(last));
                Sample late = window(leat, load, last);
                load.get();
                leat.awaitSettled(calls * pulse);
                holder.rollback();
                leat.requireCompleted(calls * pulse, leat.handled());
                return List.of(
                        new Series(EARLY, List.of(early), List.of()), new Series(LATE, List.of(late), List.of()));
            }
        }

        private void claimed(long nanos) {
            claims.increment();
            latencies.add(nanos);
        }

        private void hold() throws SQLException {
            holder.setAutoCommit(false);
            holder.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (Statement statement = holder.createStatement()) {
                statement.execute("select count(*) from pg_class"); // a snapshot is taken by the first query
            }
        }

        private Sample window(LeatOnPostgres leat, Future<?> load, Duration span) throws Exception {
            Latencies own = new Latencies();
            latencies = own;
            long settled = leat.settled();
            long claimed = claims.sum();
            long bytes = bytes();
            Meter meter = server.meter();
            pass(load, span);
            long jobs = leat.settled() - settled;
            if (jobs == 0) {
                throw new WrongResultException("no job was settled in " + span);
            }
            Sample sample = own.in(meter.sample(jobs));
            double growth = (bytes() - bytes) * 1_000.0 / Math.max(1, claims.sum() - claimed);
            return sample.with(GROWTH, growth);
        }

        /** Of the tables whose rows come and go, with their indexes. */
        private long bytes() throws SQLException {
            return server.number("select sum(pg_total_relation_size(c.oid))::bigint from pg_class c"
                    + " join pg_namespace n on n.oid = c.relnamespace where n.nspname = '" + schema.name()
                    + "' and c.relname in ('ready', 'lease', 'suspect', 'scheduled')");
        }

        /** Lets that time pass, or less if the load has ended. */
        private static void pass(Future<?> load, Duration time) throws Exception {
            try {
                load.get(time.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // As it should be: the load goes on.
            }
        }

        private static Duration least(Duration one, Duration other) {
            return one.compareTo(other) < 0 ? one : other;
        }
    }
}
