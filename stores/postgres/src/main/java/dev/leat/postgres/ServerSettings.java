package dev.leat.postgres;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.Health;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What durability rests on, as the server says it. */
record ServerSettings(
        String version, boolean recovery, boolean fsync, boolean fullPageWrites, boolean synchronousCommit) {

    static ServerSettings of(Database database) {
        return database.statement(connection -> database.call(connection, "health")
                .rows(row -> new ServerSettings(
                        row.getString("version"),
                        row.getBoolean("recovery"),
                        row.getString("fsync").equals("on"),
                        row.getString("full_page_writes").equals("on"),
                        !row.getString("synchronous_commit").equals("off")))
                .getFirst());
    }

    Durability durability() {
        return off().isEmpty() ? Durability.D2 : Durability.D1;
    }

    /** The settings that are off and would have to be on for D2. */
    List<String> off() {
        List<String> off = new ArrayList<>();
        if (!fsync) {
            off.add("fsync");
        }
        if (!fullPageWrites) {
            off.add("full_page_writes");
        }
        if (!synchronousCommit) {
            off.add("synchronous_commit");
        }
        return off;
    }

    /** How to turn them on, as SQL. */
    String remedy(PostgresConfig config) {
        return off().stream().map(name -> remedy(name, config)).collect(Collectors.joining(" "))
                + " select pg_reload_conf();";
    }

    /** A role may have a synchronous_commit of its own, which goes before the server's. */
    static String remedy(String setting, PostgresConfig config) {
        return setting.equals("synchronous_commit")
                ? "alter role " + Statements.quoted(config.user().replace("\"", "\"\""))
                        + " set synchronous_commit = on;"
                : "alter system set " + setting + " = on;";
    }

    void require(PostgresConfig config) {
        if (durability().compareTo(config.durability()) < 0) {
            String off = String.join(" and ", off());
            throw new StoreException(
                    "PostgreSQL at " + config.shownUrl() + " has " + off
                            + " off, so that accepted jobs may be lost when power"
                            + " fails (class " + durability() + "), but " + config.durability() + " is required; do: "
                            + remedy(config) + " or, if D1 is enough, say so: store.durability: d1",
                    Effect.NONE,
                    null);
        }
    }

    Health health() {
        String server = "PostgreSQL " + version;
        if (recovery) {
            return new Health(
                    Health.Status.UNHEALTHY, server + " is a standby and takes no writes; connect to the primary");
        }
        if (!off().isEmpty()) {
            return new Health(
                    Health.Status.DEGRADED,
                    server + " may lose accepted jobs on power loss; set " + String.join(" and ", off()) + " to on");
        }
        return new Health(Health.Status.HEALTHY, server);
    }
}
