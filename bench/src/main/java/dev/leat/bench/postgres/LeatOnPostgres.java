package dev.leat.bench.postgres;

import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.ForwardingJobStore;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Turn;
import dev.leat.bench.Server;
import dev.leat.bench.WrongResultException;
import dev.leat.engine.Leat;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.handler.Handler;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Leat as an application uses it, in a schema of its own that is dropped in the end. The one thing that an application does not
 * do is to look at the store's answers, to know when the last job was settled.
 */
final class LeatOnPostgres implements AutoCloseable {
    static final JobKind<String> KIND = JobKind.of("bench", String.class);

    /** At most so many payloads in one call: what an application has at hand when it enqueues many. */
    private static final int CALL = 10_000;

    private static final int SINGLE_CALLERS = 64;
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private final Server server;
    private final String schema;
    private final PostgresStores stores;
    private final Settling settling;
    private final Leat leat;
    private final LongAdder handled = new LongAdder();

    private LeatOnPostgres(Server server, String schema, PostgresStores stores, int slots) {
        this.server = server;
        this.schema = schema;
        this.stores = stores;
        settling = new Settling(stores.jobs());
        leat = Leat.open(settling, stores.control(), WorkerConfig.DEFAULT.withSlots(slots));
    }

    static LeatOnPostgres open(Server server, int slots) {
        String schema = "bench_" + SCHEMAS.incrementAndGet();
        PostgresConfig config = PostgresConfig.of(server.url(), server.user(), server.password())
                .withSchema(schema);
        return new LeatOnPostgres(server, schema, PostgresStores.open(config), slots);
    }

    Leat leat() {
        return leat;
    }

    Inspect inspect() {
        return stores.jobs().feature(Inspect.class).orElseThrow();
    }

    /** Enqueues so many jobs with this payload in calls of many. */
    void enqueueMany(String payload, int jobs) {
        for (int sent = 0; sent < jobs; sent += CALL) {
            List<String> payloads = Collections.nCopies(Math.min(CALL, jobs - sent), payload);
            leat.client().enqueueAll(KIND, payloads, EnqueueOptions.DEFAULT);
        }
    }

    /** Enqueues so many jobs with this payload one by one, by many callers at once. */
    void enqueueSingly(String payload, int jobs) throws Exception {
        AtomicInteger left = new AtomicInteger(jobs);
        Callers.run(SINGLE_CALLERS, () -> () -> {
            while (left.getAndDecrement() > 0) {
                leat.enqueue(KIND, payload);
            }
        });
    }

    /** Gives the kind its handler; to be called once and before {@link #drain}. */
    void handle(Handler<String> handler) {
        leat.handle(KIND, (payload, job) -> {
            handled.increment();
            handler.handle(payload, job);
        });
    }

    /** Runs what is there until so many jobs are settled. */
    void drain(int jobs) throws InterruptedException {
        leat.start();
        if (!settling.await(jobs)) {
            throw new WrongResultException("only %,d of %,d jobs were settled in %,d s"
                    .formatted(settling.accepted(), jobs, Settling.LONGEST_SECONDS));
        }
    }

    /** Throws unless so many jobs are there, each of them completed, and each was handled once. */
    void requireCompleted(int jobs) throws SQLException {
        WrongResultException.requireEqual("jobs in " + schema, jobs, stored());
        WrongResultException.requireEqual(
                "completed jobs in " + schema,
                jobs,
                server.number("select count(*) from " + schema + ".jobs where status = 'completed'"));
        WrongResultException.requireEqual("calls of the handler", jobs, handled.sum());
    }

    /** How many jobs there are, in whatever state, by the view for people. */
    long stored() throws SQLException {
        return server.number("select count(*) from " + schema + ".jobs");
    }

    @Override
    public void close() throws SQLException {
        leat.close();
        stores.close();
        server.execute("drop schema " + schema + " cascade");
    }

    /** Counts the settlements that the store accepted. */
    private static final class Settling extends ForwardingJobStore {
        static final long LONGEST_SECONDS = 3_600;

        private long accepted;
        private long wanted = Long.MAX_VALUE;

        Settling(JobStore store) {
            super(store);
        }

        @Override
        public List<Settled> settle(List<Settlement> settlements) {
            List<Settled> answers = store.settle(settlements);
            count(answers);
            return answers;
        }

        @Override
        public Turn settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
            Turn turn = store.settleAndClaim(settlements, request);
            count(turn.settled());
            return turn;
        }

        private synchronized void count(List<Settled> answers) {
            accepted += answers.stream().filter(Settled::accepted).count();
            if (accepted >= wanted) {
                notifyAll();
            }
        }

        synchronized long accepted() {
            return accepted;
        }

        synchronized boolean await(long jobs) throws InterruptedException {
            wanted = jobs;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
            while (accepted < jobs) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                wait(left);
            }
            return true;
        }
    }
}
