package dev.leat.postgres;

import dev.leat.api.store.Capabilities.Durability;
import dev.leat.postgres.Diagnosis.Finding;
import dev.leat.postgres.Diagnosis.Severity;
import dev.leat.postgres.Diagnosis.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Looks at a database that Leat uses or is to use, and says what is wrong with it and what to do. Changes nothing. */
public final class PostgresDoctor {
    private static final int CONNECTIONS = 2;

    private static final Duration LONG_WAIT = Duration.ofSeconds(5);
    private static final Map<String, String> HARMS = Map.of(
            "fsync", "power loss may damage the whole database",
            "full_page_writes", "power loss may damage pages of the database",
            "synchronous_commit", "power loss takes the newest accepted jobs along");

    private final PostgresConfig config;
    private final Database database;
    private final Limits limits;
    private final List<Finding> findings = new ArrayList<>();

    private PostgresDoctor(PostgresConfig config, Database database, Limits limits) {
        this.config = config;
        this.database = database;
        this.limits = limits;
    }

    /**
     * From where on something is worth a word.
     *
     * @param old of a snapshot
     * @param veryOld of one that is an error
     * @param transactions since a snapshot was taken, also where its age cannot be seen
     * @param log bytes that a replication slot keeps
     * @param dead rows of a table, if they are more than its live ones: vacuum does not keep up
     */
    record Limits(Duration old, Duration veryOld, long transactions, long log, long dead) {
        static final Limits USUAL = new Limits(Duration.ofMinutes(5), Duration.ofHours(1), 1_000_000, 4L << 30, 50_000);
    }

    /**
     * Examines the database as the configured role sees it.
     *
     * @throws dev.leat.api.StoreException if it cannot be reached
     */
    public static Diagnosis examine(PostgresConfig config) {
        return examine(config, Limits.USUAL);
    }

    static Diagnosis examine(PostgresConfig config, Limits limits) {
        try (Database database = new Database(config.withConnections(CONNECTIONS), Statements.in(config.schema()))) {
            return new PostgresDoctor(config, database, limits).examine();
        }
    }

    private Diagnosis examine() {
        Map<String, String> settings = settings();
        version(settings);
        schema();
        durability();
        vacuum(settings);
        connections(settings);
        sessions(settings);
        List<Table> tables = tables();
        tables.forEach(this::dead);
        database.statement(
                connection -> database.call(connection, "doctor_snapshots").rows(this::snapshot));
        database.statement(connection -> named(connection, "doctor_waits").rows(this::lockWait));
        findings.sort(Comparator.comparing(Finding::severity));
        return new Diagnosis(findings, tables);
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        database.statement(connection -> database.call(connection, "doctor_settings")
                .rows(row -> settings.put(row.getString("name"), row.getString("value"))));
        return settings;
    }

    private Call named(Connection connection, String query) {
        return database.call(connection, query).set("schema", config.schema());
    }

    private void version(Map<String, String> settings) {
        String version = "PostgreSQL " + settings.get("server_version");
        if (number(settings, "server_version_num") < PostgresStores.OLDEST) {
            error("VERSION_TOO_OLD", version + " is too old", "upgrade to PostgreSQL 14 or later");
        } else if (is(settings, "recovery", "true")) {
            error("STANDBY", version + " is a standby and takes no writes", "store.url: a URL of the primary");
        } else {
            ok("VERSION", version);
        }
    }

    private void schema() {
        int version = PostgresStores.schemaVersion(database);
        String schema = "schema \"" + config.schema() + "\"";
        if (version == 0) {
            warning("SCHEMA_MISSING", schema + " is not there yet", "start a node, which makes it");
        } else if (version < PostgresStores.SCHEMA_VERSION) {
            warning(
                    "SCHEMA_OLD",
                    schema + " is of version " + version + ", this program of " + PostgresStores.SCHEMA_VERSION,
                    "start a node of this version, which upgrades it");
        } else if (version > PostgresStores.SCHEMA_VERSION) {
            error(
                    "SCHEMA_NEW",
                    schema + " is of version " + version + ", this program knows " + PostgresStores.SCHEMA_VERSION,
                    "use the newer program that upgraded it");
        } else {
            ok("SCHEMA", schema + " is of version " + version);
        }
    }

    private void durability() {
        ServerSettings settings = ServerSettings.of(database);
        Severity severity = config.durability() == Durability.D2 ? Severity.ERROR : Severity.WARNING;
        for (String off : settings.off()) {
            find(
                    severity,
                    off.toUpperCase(Locale.ROOT) + "_OFF",
                    off + " is off: " + HARMS.get(off) + " (class D1; " + config.durability() + " is asked for)",
                    ServerSettings.remedy(off, config) + " select pg_reload_conf();");
        }
        if (settings.off().isEmpty()) {
            ok("DURABILITY", "accepted jobs survive a loss of power (class D2)");
        }
    }

    private void vacuum(Map<String, String> settings) {
        for (String needed : List.of("autovacuum", "track_counts")) {
            if (!is(settings, needed, "on")) {
                error(
                        needed.toUpperCase(Locale.ROOT) + "_OFF",
                        needed + " is off: dead rows are never removed, and claims get slower and slower",
                        "alter system set " + needed + " = on; select pg_reload_conf();");
            }
        }
    }

    private void connections(Map<String, String> settings) {
        int most = number(settings, "max_connections") - number(settings, "superuser_reserved_connections");
        int used = number(settings, "connections_used");
        int node = config.connections() + PostgresStores.BESIDE_POOL;
        String counted = used + " of " + most + " connections are in use, and each node takes up to " + node;
        if (node > most) {
            error("CONNECTIONS_SHORT", counted, "store.connections: " + Math.max(2, most / 2));
        } else if (used > most * 9 / 10) {
            warning(
                    "CONNECTIONS_SHORT",
                    counted,
                    "alter system set max_connections = " + 2 * number(settings, "max_connections")
                            + "; and restart the server; or lower store.connections");
        } else {
            ok("CONNECTIONS", counted);
        }
    }

    private void sessions(Map<String, String> settings) {
        String role = "alter role " + Statements.quoted(config.user());
        if (database.isPooled()) {
            warning(
                    "POOLER",
                    "a transaction pooler is in between: jobs of other processes are found by polling alone, and"
                            + " statements are planned anew each time",
                    "store.url: a URL straight to the server, at least for nodes that run jobs");
            if (is(settings, "statement_timeout", "0")) {
                warning(
                        "STATEMENT_TIMEOUT_NONE",
                        "behind the pooler nothing limits how long a statement may take",
                        role + " set statement_timeout = '60s'; " + role + " set lock_timeout = '10s';");
            }
        }
        if (is(settings, "idle_in_transaction_session_timeout", "0")) {
            ok(
                    "IDLE_IN_TRANSACTION_UNLIMITED",
                    "a transaction that somebody forgets holds its snapshot for ever"
                            + " (idle_in_transaction_session_timeout is 0)",
                    "alter database \"NAME\" set idle_in_transaction_session_timeout = '10min';");
        }
        if (!is(settings, "monitor", "true")) {
            ok(
                    "NOT_MONITOR",
                    "role \"" + config.user()
                            + "\" does not see for how long others have been at work, nor their queries",
                    "grant pg_monitor to " + Statements.quoted(config.user()) + ";");
        }
    }

    private List<Table> tables() {
        return database.statement(connection -> named(connection, "doctor_tables")
                .rows(row -> new Table(
                        row.getString("name"),
                        row.getLong("live"),
                        row.getLong("dead"),
                        row.getLong("table_bytes"),
                        row.getLong("index_bytes"),
                        row.getLong("inserted"),
                        row.getLong("deleted"))));
    }

    private void dead(Table table) {
        if (table.dead() > limits.dead && table.dead() > table.live()) {
            warning(
                    "DEAD_ROWS",
                    "table " + table.name() + " has " + table.dead() + " dead rows beside " + table.live()
                            + " live ones; an old snapshot keeps them, or vacuum does not keep up",
                    "end what holds an old snapshot, then: vacuum " + Statements.quoted(config.schema()) + "."
                            + Statements.quoted(table.name()) + ";");
        }
    }

    private boolean snapshot(ResultSet row) throws SQLException {
        String who = row.getString("who");
        double seconds = row.getDouble("seconds");
        boolean seen = !row.wasNull();
        long transactions = row.getLong("transactions");
        long bytes = row.getLong("bytes");
        boolean isOld = seen && seconds > limits.old.toSeconds();
        if (!isOld && transactions < limits.transactions && (bytes == 0 || bytes < limits.log)) {
            return false;
        }
        String whose = row.getString("application") + ", " + row.getString("doing");
        String age = (seen ? "for " + shown(seconds) + ", " : "") + transactions + " transactions long";
        String literal = "'" + who.replace("'", "''") + "'";
        Severity severity = seen && seconds > limits.veryOld.toSeconds() ? Severity.ERROR : Severity.WARNING;
        switch (row.getString("kind")) {
            case "session" ->
                find(
                        severity,
                        "OLD_SNAPSHOT",
                        "process " + who + " (" + whose + ") has held a snapshot " + age
                                + "; no row that died since can be removed",
                        "select pg_terminate_backend(" + who + ");");
            case "prepared" ->
                find(
                        severity,
                        "OLD_PREPARED_TRANSACTION",
                        "prepared transaction " + literal + " of " + row.getString("application") + " has been open "
                                + age,
                        "rollback prepared " + literal + ";");
            case "slot" ->
                warning(
                        "REPLICATION_SLOT",
                        "replication slot " + literal + " (" + whose + ") is behind by " + transactions
                                + " transactions and keeps " + (bytes >> 20) + " MiB of log",
                        "have its reader catch up, or: select pg_drop_replication_slot(" + literal + ");");
            default ->
                warning(
                        "OLD_SNAPSHOT_OF_STANDBY",
                        "standby " + whose + " holds a snapshot " + age,
                        "end its long query, or set hot_standby_feedback = off there");
        }
        return true;
    }

    private boolean lockWait(ResultSet row) throws SQLException {
        double seconds = row.getDouble("seconds");
        find(
                seconds > LONG_WAIT.toSeconds() ? Severity.ERROR : Severity.WARNING,
                "LOCK_WAIT",
                "process " + row.getInt("pid") + " (" + row.getString("application") + ") has waited " + shown(seconds)
                        + " for process " + row.getInt("blocker") + " (" + row.getString("blocking") + ")",
                "select pg_terminate_backend(" + row.getInt("blocker") + ");");
        return true;
    }

    private static String shown(double seconds) {
        long whole = (long) seconds;
        return whole < 120 ? whole + " s" : whole < 7_200 ? whole / 60 + " min" : whole / 3_600 + " h";
    }

    private static boolean is(Map<String, String> settings, String name, String value) {
        return value.equals(settings.get(name));
    }

    private static int number(Map<String, String> settings, String name) {
        return Integer.parseInt(settings.getOrDefault(name, "0"));
    }

    private void error(String code, String sentence, String fix) {
        find(Severity.ERROR, code, sentence, fix);
    }

    private void warning(String code, String sentence, String fix) {
        find(Severity.WARNING, code, sentence, fix);
    }

    private void ok(String code, String sentence) {
        ok(code, sentence, "");
    }

    private void ok(String code, String sentence, String fix) {
        find(Severity.OK, code, sentence, fix);
    }

    private void find(Severity severity, String code, String sentence, String fix) {
        findings.add(new Finding(severity, code, sentence, fix));
    }
}
