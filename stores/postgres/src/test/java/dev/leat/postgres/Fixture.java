package dev.leat.postgres;

import dev.leat.testkit.StoreClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The stores of one schema, emptied for each test instead of made anew: a schema takes far longer to make than to empty. */
final class Fixture implements AutoCloseable {
    /** So that what a test says comes to pass on a slow machine too. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final List<String> TABLES = List.of(
            "job",
            "enqueued",
            "step",
            "total",
            "original",
            "unique_key",
            "ready",
            "suspect",
            "scheduled",
            "lease",
            "done",
            "attempt",
            "control",
            "control_space",
            "journal_head",
            "journal",
            "leader");

    private final TestDatabase database;
    private final PostgresConfig config;
    private final Statements statements;
    private final List<Database> connected = new ArrayList<>();

    Fixture(TestDatabase database) {
        this(database, database.fresh(), statements -> statements);
    }

    /** @param change of the store's statements: the bug that the stores of this fixture have */
    Fixture(TestDatabase database, PostgresConfig config, UnaryOperator<Statements> change) {
        this.database = database;
        this.config = config;
        statements = change.apply(Statements.in(config.schema()));
    }

    /**
     * Statements with a bug. What claims or settles few at once is that for many here, or no test would come to that one.
     *
     * @param name of the statement that has it
     */
    static Statements planted(Statements statements, String name, UnaryOperator<String> bug) {
        Statements changed = statements.with(name, bug);
        for (String many : List.of("claim", "settle_completed")) {
            String few = many.equals("claim") ? "claim_few" : "settle_few";
            UnaryOperator<String> asMany = many.equals(name) ? bug : UnaryOperator.identity();
            changed = changed.with(few, text -> asMany.apply(Statements.text(many)));
        }
        return changed;
    }

    /** Plants a bug in a function. Its text is as PostgreSQL has it, with the schema's name. */
    void plant(String function, UnaryOperator<String> bug) {
        emptied(new StoreClock());
        String before = database.rows("select pg_get_functiondef('%s'::regproc)".formatted(of(function)))
                .getFirst()
                .getFirst();
        database.execute(bug.apply(before));
    }

    PostgresConfig config() {
        return config;
    }

    /** A table, view or sequence by its full name. */
    String of(String name) {
        return config.schema() + "." + name;
    }

    /** New stores, with everything gone but the lanes, and time as the clock says. */
    PostgresStores emptied(StoreClock clock) {
        PostgresStores first = stores(0);
        database.execute(
                TABLES.stream().map(table -> "delete from " + of(table)).collect(Collectors.joining("; "))
                        + "; update %s set mark = 0, rests_until = '-infinity'".formatted(of("pruning")));
        clock.onAdvance(ahead -> database.execute("update %s set ahead = %d * interval '1 microsecond'"
                .formatted(of("test_clock"), TimeUnit.MICROSECONDS.convert(ahead))));
        return first;
    }

    /** Stores with connections of their own. */
    PostgresStores another() {
        return stores(1);
    }

    /** Stores that run other statements; to be closed. */
    PostgresStores running(Statements others) {
        return new PostgresStores(PostgresStores.connect(config, others), PATIENCE);
    }

    /** They remember nothing of other tests, whose time was another. */
    private PostgresStores stores(int index) {
        while (connected.size() <= index) {
            connected.add(PostgresStores.connect(config, statements));
            if (connected.size() == 1) {
                followTestClock();
            }
        }
        return new PostgresStores(connected.get(index), PATIENCE);
    }

    /**
     * By a row that the clock reads: a new function for each step would have every connection plan its statements anew.
     */
    private void followTestClock() {
        database.execute("""
            create table %1$s.test_clock as select interval '0' ahead;
            create or replace function %1$s.now() returns timestamptz language sql stable parallel safe
            as 'select statement_timestamp() + ahead from %1$s.test_clock'\
            """.formatted(config.schema()));
    }

    /** How many rows of a table were ever updated, as far as the server has counted. */
    long updatesOf(String table) {
        return database.number("select n_tup_upd from pg_stat_user_tables where schemaname = '%s' and relname = '%s'"
                .formatted(config.schema(), table));
    }

    @Override
    public void close() {
        connected.forEach(Database::close);
    }
}
