package dev.leat.postgres;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.control.ControlStore;
import dev.leat.api.driver.Stores;
import dev.leat.api.store.JobStore;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Both stores on one PostgreSQL database: its schema is made or brought up to date, then opened. */
public final class PostgresStores implements Stores {
    /** The newest migration there is. */
    static final int SCHEMA_VERSION = 1;

    static final int OLDEST = 140_000;

    /** Connections of a node beside those of its pool: one to tell others of jobs, one to hear of theirs. */
    static final int BESIDE_POOL = 2;

    private final Database database;
    private final PostgresJobStore jobs;
    private final PostgresControlStore control;
    private final Optional<PostgresWakeups> wakeups;

    /**
     * Stores over a database that is up to date; it is closed with them. They tell nobody else of their jobs.
     *
     * @param patience of those who make and take away partitions
     */
    PostgresStores(Database database, Duration patience) {
        this(database, new Lanes(database), new Steps(database), Optional.empty(), patience);
    }

    private PostgresStores(
            Database database, Lanes lanes, Steps steps, Optional<PostgresWakeups> wakeups, Duration patience) {
        this.database = database;
        this.wakeups = wakeups;
        jobs = new PostgresJobStore(database, lanes, steps, wakeups, new Partitions(database, patience));
        control = new PostgresControlStore(database);
    }

    /**
     * Connects, migrates the schema and opens the stores. The role needs the right to create the schema, or to create in it
     * if somebody else made it.
     *
     * @throws StoreException if the server cannot be reached, is older than PostgreSQL 14 or less durable than required, or the
     *     schema cannot be made
     */
    public static PostgresStores open(PostgresConfig config) {
        return open(config, Statements.in(config.schema()));
    }

    /** Drops the schema with all that is in it. */
    static void remove(PostgresConfig config) {
        try (Database database = new Database(config, Statements.in(config.schema()))) {
            database.statement(
                    connection -> database.call(connection, "schema_drop").update());
        }
    }

    static PostgresStores open(PostgresConfig config, Statements statements) {
        Database database = connect(config, statements);
        try {
            Lanes lanes = new Lanes(database);
            Steps steps = new Steps(database);
            PostgresWakeups wakeups = new PostgresWakeups(config, database, lanes, steps);
            return new PostgresStores(database, lanes, steps, Optional.of(wakeups), Partitions.PATIENCE);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** Connects, and makes the schema or brings it up to date. */
    static Database connect(PostgresConfig config, Statements statements) {
        Database database = new Database(config, statements);
        try {
            checkVersion(database, config);
            ServerSettings.of(database).require(config);
            if (database.isPooled()) {
                requireSchema(database, config);
            } else {
                makeSchema(database, config);
                migrate(config);
            }
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private static void checkVersion(Database database, PostgresConfig config) {
        int version = database.statement(connection -> {
            var server = connection.getMetaData();
            return server.getDatabaseMajorVersion() * 10_000 + server.getDatabaseMinorVersion();
        });
        if (version < OLDEST) {
            throw new StoreException(
                    "PostgreSQL at " + config.shownUrl() + " is version " + version / 10_000
                            + "; Leat needs PostgreSQL 14 or later",
                    Effect.NONE,
                    null);
        }
    }

    /** Not left to Flyway, which asks ten times, a second apart, before it says that the role may not. */
    private static void makeSchema(Database database, PostgresConfig config) {
        try {
            database.statement(connection -> database.call(connection, "schema")
                            .rows(row -> row.getBoolean(1))
                            .getFirst()
                    ? 0
                    : database.call(connection, "schema_create").update());
        } catch (StoreException e) {
            throw unmade(config, e);
        }
    }

    /** Not made through a pooler, since what a migration sets in its session would stay there for others. */
    private static void requireSchema(Database database, PostgresConfig config) {
        int version = schemaVersion(database);
        if (version != SCHEMA_VERSION) {
            throw new StoreException(
                    "schema \"" + config.schema() + "\" of PostgreSQL at " + config.shownUrl() + " is "
                            + (version == 0 ? "missing" : "of version " + version + " instead of " + SCHEMA_VERSION)
                            + ", and a transaction pooler is in between; start Leat once with a URL straight to the"
                            + " server, which makes it",
                    Effect.NONE,
                    null);
        }
    }

    /** The newest migration that was done to the schema; 0 if it is not there. */
    static int schemaVersion(Database database) {
        return database.statement(connection -> database.call(connection, "instance_exists")
                        .rows(row -> row.getBoolean(1))
                        .getFirst()
                ? database.call(connection, "schema_version")
                        .rows(row -> row.getInt("version"))
                        .getFirst()
                : 0);
    }

    private static void migrate(PostgresConfig config) {
        try {
            Flyway.configure(PostgresStores.class.getClassLoader())
                    .dataSource(config.url(), config.user(), config.password())
                    .schemas(config.schema())
                    .createSchemas(false)
                    .table("schema_history")
                    .locations("classpath:dev/leat/postgres/migration")
                    .placeholders(Map.of("schema", Statements.quoted(config.schema())))
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw unmade(config, e);
        }
    }

    private static StoreException unmade(PostgresConfig config, RuntimeException cause) {
        return new StoreException(
                "schema \"" + config.schema() + "\" of PostgreSQL at " + config.shownUrl()
                        + " cannot be made or brought up to date (" + cause.getMessage() + ")",
                Effect.NONE,
                cause);
    }

    @Override
    public JobStore jobs() {
        return jobs;
    }

    public ControlStore control() {
        return control;
    }

    @Override
    public Optional<ControlStore> controlStore() {
        return Optional.of(control);
    }

    /** From now on no call waits longer than some seconds for a database that hangs. */
    @Override
    public void hurry() {
        database.hurry();
    }

    /** Closes both stores and their connections. May be called twice. */
    @Override
    public void close() {
        wakeups.ifPresent(PostgresWakeups::close);
        database.close();
    }
}
