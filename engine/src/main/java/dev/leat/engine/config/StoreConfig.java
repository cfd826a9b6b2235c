package dev.leat.engine.config;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import dev.leat.api.store.Capabilities.Durability;
import java.util.Locale;
import java.util.regex.Pattern;

/** The store that keeps all jobs. */
public record StoreConfig(
        @Setting(
                value = "The database, without user and password.",
                allowed = "jdbc:postgresql://host:port/database",
                example = "jdbc:postgresql://localhost:5432/app")
        String url,

        @Setting(value = "Who Leat is in the database.", example = "leat")
        String user,

        @Setting(
                value = "That user's password.",
                defaultsTo = "''",
                example = "file:/run/secrets/leat-database-password")
        Secret password,

        @Setting(
                value = "The schema that holds everything of Leat; made when missing.",
                defaultsTo = "leat",
                allowed = "1 to 63 characters of a-z, 0-9 and _, the first no digit, not starting with pg_")
        String schema,

        @Setting(value = "The most connections to the database.", defaultsTo = "10", allowed = "2 to 200")
        int connections,

        @Setting(
                value = "What accepted jobs must survive at the least: d2 a loss of power, d1 a kill of any process. A"
                        + " node does not start on a database whose settings give less.",
                defaultsTo = "d2",
                allowed = "d1 or d2")
        Durability durability) {

    private static final Pattern URL = Pattern.compile("jdbc:postgresql:[^?@\\s]+(?:\\?\\S*)?");
    private static final Pattern SCHEMA = Pattern.compile("(?!pg_)[a-z_][a-z0-9_]{0,62}");

    public StoreConfig {
        if (!URL.matcher(url).matches()) {
            // Not shown: people put passwords there.
            throw new InvalidValueException(
                    "URL_INVALID",
                    "url",
                    "is no PostgreSQL JDBC URL, or names a user before the host",
                    "such as jdbc:postgresql://localhost:5432/app, with user and password beside it");
        }
        if (user.isBlank()) {
            throw new InvalidValueException("USER_INVALID", "user", "is empty", "a user of the database");
        }
        if (!SCHEMA.matcher(schema).matches()) {
            throw new InvalidValueException(
                    "SCHEMA_INVALID",
                    "schema",
                    "is " + Checks.shown(schema),
                    "1 to 63 characters of a-z, 0-9 and '_', the first no digit, not starting with pg_");
        }
        Checks.range("connections", connections, 2, 200);
        if (durability != Durability.D1 && durability != Durability.D2) {
            throw new InvalidValueException(
                    "DURABILITY_INVALID",
                    "durability",
                    "is " + durability.name().toLowerCase(Locale.ROOT) + ", which PostgreSQL is not asked for",
                    "d1 or d2");
        }
    }
}
