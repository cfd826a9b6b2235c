package dev.leat.postgres;

import dev.leat.testkit.StoreClock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The stores of one schema, emptied for each test instead of made anew: a schema takes far longer to make than to empty. */
final class Fixture implements AutoCloseable {
    private static final List<String> TABLES = List.of(
            "job",
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
    private final List<PostgresStores> handles = new ArrayList<>();

    Fixture(TestDatabase database) {
        this(database, database.fresh());
    }

    private Fixture(TestDatabase database, PostgresConfig config) {
        this(database, config, Statements.in(config.schema()));
    }

    Fixture(TestDatabase database, PostgresConfig config, Statements statements) {
        this.database = database;
        this.config = config;
        this.statements = statements;
    }

    PostgresConfig config() {
        return config;
    }

    TestDatabase database() {
        return database;
    }

    /** The first handle, with everything gone but the lanes, and time as the clock says. */
    PostgresStores emptied(StoreClock clock) {
        PostgresStores first = handle(0);
        database.execute(TABLES.stream()
                .map(table -> "delete from " + config.schema() + "." + table)
                .collect(Collectors.joining("; ")));
        database.follow(clock, config.schema());
        return first;
    }

    PostgresStores another() {
        return handle(1);
    }

    private PostgresStores handle(int index) {
        while (handles.size() <= index) {
            handles.add(PostgresStores.open(config, statements));
        }
        return handles.get(index);
    }

    @Override
    public void close() {
        handles.forEach(PostgresStores::close);
    }
}
