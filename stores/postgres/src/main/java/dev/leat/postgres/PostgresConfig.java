package dev.leat.postgres;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import dev.leat.api.store.Capabilities.Durability;
import java.util.regex.Pattern;
import org.postgresql.Driver;

/**
 * Where the stores live.
 *
 * @param url a JDBC URL such as {@code jdbc:postgresql://localhost:5432/app}
 * @param schema the schema that holds everything of the stores; made when missing
 * @param connections the most connections of the pool, 2 to 200
 * @param durability the least class the server's settings must give: {@code D2}, or {@code D1} where a loss of power may cost jobs
 */
public record PostgresConfig(
        String url, String user, String password, String schema, int connections, Durability durability) {
    public static final String DEFAULT_SCHEMA = "leat";
    public static final int DEFAULT_CONNECTIONS = 10;

    private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
    private static final Pattern USER_INFO = Pattern.compile("^[^?]*@");
    static final String PREFIX = "jdbc:postgresql:";

    public PostgresConfig {
        if (!url.startsWith(PREFIX) || USER_INFO.matcher(url).find() || Driver.parseURL(url, null) == null) {
            throw new InvalidValueException(
                    "URL_INVALID",
                    "url",
                    "is no PostgreSQL JDBC URL, or names a user before the host",
                    "such as jdbc:postgresql://localhost:5432/app, with user and password beside it");
        }
        if (!SCHEMA.matcher(schema).matches() || schema.startsWith("pg_")) {
            throw new InvalidValueException(
                    "SCHEMA_INVALID",
                    "schema",
                    "has a name that is not allowed",
                    "1 to 63 characters of a-z, 0-9 and '_', the first no digit, not starting with pg_");
        }
        Checks.range("connections", connections, 2, 200);
        if (durability != Durability.D1 && durability != Durability.D2) {
            throw new InvalidValueException("DURABILITY_INVALID", "durability", "is " + durability, "D1 or D2");
        }
    }

    /** One that is to survive the loss of power. */
    public PostgresConfig(String url, String user, String password, String schema, int connections) {
        this(url, user, password, schema, connections, Durability.D2);
    }

    /** In schema {@value #DEFAULT_SCHEMA}, with {@value #DEFAULT_CONNECTIONS} connections. */
    public static PostgresConfig of(String url, String user, String password) {
        return new PostgresConfig(url, user, password, DEFAULT_SCHEMA, DEFAULT_CONNECTIONS);
    }

    public PostgresConfig withSchema(String other) {
        return new PostgresConfig(url, user, password, other, connections, durability);
    }

    public PostgresConfig withConnections(int most) {
        return new PostgresConfig(url, user, password, schema, most, durability);
    }

    public PostgresConfig withDurability(Durability least) {
        return new PostgresConfig(url, user, password, schema, connections, least);
    }

    /** The URL as it may stand in a message: without parameters, which can hold a password. */
    public String shownUrl() {
        int parameters = url.indexOf('?');
        return parameters < 0 ? url : url.substring(0, parameters);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "PostgresConfig(" + shownUrl() + ", user " + user + ", schema " + schema + ")";
    }
}
