package dev.leat.bench.postgres;

import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.Inspect;
import dev.leat.bench.Server;
import dev.leat.bench.WrongResultException;
import dev.leat.engine.Leat;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.client.Receipt;
import dev.leat.engine.handler.Handler;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Leat as an application uses it, in a schema of its own. */
final class LeatOnPostgres implements AutoCloseable {
    static final JobKind<String> KIND = JobKind.of("bench", String.class);

    /** At most so many payloads in one call: what an application has at hand when it enqueues many. */
    private static final int CALL = 20_000;

    private static final int SINGLE_CALLERS = 64;

    private final Server server;
    private final String schema;
    private final PostgresStores stores;
    private final Settlements settlements;
    private final Leat leat;
    private final LongAdder handled = new LongAdder();

    private LeatOnPostgres(Server server, String schema, WorkerConfig config, LongConsumer turned) {
        this.server = server;
        this.schema = schema;
        stores = PostgresStores.open(PostgresConfig.of(server.url(), server.user(), server.password())
                .withSchema(schema)
                .withDurability(Durability.D1)); // the settings are the bench's
        settlements = new Settlements(stores.jobs(), settled -> {}, turned);
        leat = Leat.open(settlements, stores.control(), config);
    }

    /** In that schema, whose name is lower-case letters, digits and underscores. */
    static LeatOnPostgres open(Server server, String schema, WorkerConfig config) {
        return new LeatOnPostgres(server, schema, config, nanos -> {});
    }

    /** The same, and tells how many nanoseconds each turn with a claim took. */
    static LeatOnPostgres timed(Server server, String schema, WorkerConfig config, LongConsumer turned) {
        return new LeatOnPostgres(server, schema, config, turned);
    }

    String schema() {
        return schema;
    }

    Leat leat() {
        return leat;
    }

    Inspect inspect() {
        return stores.jobs().feature(Inspect.class).orElseThrow();
    }

    /** Enqueues so many jobs with this payload in calls of many. */
    void enqueueMany(String payload, int jobs) {
        enqueueMany(payload, jobs, receipts -> {});
    }

    /** The same, and hands on the receipts of each call. */
    void enqueueMany(String payload, int jobs, Consumer<List<Receipt>> receipts) {
        for (int sent = 0; sent < jobs; sent += CALL) {
            receipts.accept(enqueue(payload, Math.min(CALL, jobs - sent), EnqueueOptions.DEFAULT));
        }
    }

    /** Enqueues so many jobs with this payload in one call. */
    List<Receipt> enqueue(String payload, int jobs, EnqueueOptions options) {
        return leat.client().enqueueAll(KIND, Collections.nCopies(jobs, payload), options);
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

    /** Gives the kind its handler; to be called once and before {@link #start}. */
    void handle(Handler<String> handler) {
        leat.handle(KIND, (payload, job) -> {
            handled.increment();
            handler.handle(payload, job);
        });
    }

    void start() {
        leat.start();
    }

    /** Returns when so many jobs were settled by this object. */
    void awaitSettled(long jobs) throws InterruptedException {
        settlements.await(jobs);
    }

    /** How many jobs were settled by this object. */
    long settled() {
        return settlements.accepted();
    }

    /** How many times the handler was called. */
    long handled() {
        return handled.sum();
    }

    /** How many jobs there are, in whatever state, by the view for people. */
    long stored() throws SQLException {
        return server.number("select count(*) from " + schema + ".jobs");
    }

    /** How many jobs have this status in the view for people. */
    long stored(String status) throws SQLException {
        return server.number("select count(*) from " + schema + ".jobs where status = '" + status + "'");
    }

    /**
     * Throws unless so many jobs are there, each of them completed.
     *
     * @param calls of handlers; a job that was handled twice was not done exactly once
     */
    void requireCompleted(long jobs, long calls) throws SQLException {
        WrongResultException.requireEqual("jobs in " + schema, jobs, stored());
        WrongResultException.requireEqual("completed jobs in " + schema, jobs, stored("completed"));
        WrongResultException.requireEqual("calls of handlers", jobs, calls);
    }

    @Override
    public void close() {
        leat.close();
        stores.close();
    }
}
