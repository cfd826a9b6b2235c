package dev.leat.engine.config;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import dev.leat.api.driver.StoreDriver;
import dev.leat.api.driver.StoreSettings;
import dev.leat.api.driver.Stores;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.engine.backend.Drivers;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A place that jobs are kept in. What its driver has to say of it is said as soon as it is read, if any driver is installed. */
public record StoreConfig(
        @Setting(
                value = "Where it is, without user and password.",
                allowed = "such as jdbc:postgresql://host:port/database or sqlite:/path/leat.db",
                example = "jdbc:postgresql://localhost:5432/app")
        String url,

        @Setting(value = "Which driver opens it; if unsaid, the one that the URL tells.", example = "postgres")
        Optional<String> driver,

        @Setting(value = "Who Leat is there; PostgreSQL needs one.", example = "leat")
        Optional<String> user,

        @Setting(
                value = "That user's password.",
                defaultsTo = "''",
                example = "file:/run/secrets/leat-database-password")
        Secret password,

        @Setting(
                value = "The schema of PostgreSQL that holds everything of Leat; made when missing; leat if unsaid.",
                allowed = "1 to 63 characters of a-z, 0-9 and _, the first no digit, not starting with pg_",
                example = "leat")
        Optional<String> schema,

        @Setting(value = "The most connections to it.", defaultsTo = "10", allowed = "2 to 200")
        int connections,

        @Setting(
                value = "What accepted jobs must survive at the least: d2 a loss of power, d1 a kill of any process, d0"
                        + " nothing. A node does not start on a place whose settings give less.",
                defaultsTo = "d2",
                allowed = "what the store can give, see its page")
        Durability durability,

        @Setting(value = "What only its driver knows; see the page of the store.", defaultsTo = "{}")
        Map<String, String> config) {

    private static final String SCHEMA = "schema";

    public StoreConfig {
        config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
        Checks.range("connections", connections, 2, 200);
        Drivers drivers = Drivers.installed();
        if (!drivers.all().isEmpty()) {
            check(drivers, driver, settings(url, user, password, schema, connections, durability, config));
        }
    }

    private static void check(Drivers drivers, Optional<String> driver, StoreSettings settings) {
        StoreDriver of = drivers.driver(driver.orElse(null), settings.url());
        try {
            of.check(settings);
        } catch (InvalidValueException e) {
            boolean isOption =
                    settings.options().containsKey(e.field()) && !e.field().equals(SCHEMA);
            throw isOption ? e.in("config." + e.field()) : e;
        }
    }

    private static StoreSettings settings(
            String url,
            Optional<String> user,
            Secret password,
            Optional<String> schema,
            int connections,
            Durability durability,
            Map<String, String> config) {
        Map<String, String> options = new LinkedHashMap<>(config);
        schema.ifPresent(name -> options.put(SCHEMA, name));
        return new StoreSettings(url, user.orElse(null), password.reveal(), connections, durability, options);
    }

    /** With the defaults of everything else. */
    public static StoreConfig of(String url, @Nullable String user, Secret password) {
        return new StoreConfig(
                url,
                Optional.empty(),
                Optional.ofNullable(user),
                password,
                Optional.empty(),
                StoreSettings.DEFAULT_CONNECTIONS,
                Durability.D2,
                Map.of());
    }

    public StoreConfig withConnections(int most) {
        return new StoreConfig(url, driver, user, password, schema, most, durability, config);
    }

    public StoreConfig withDurability(Durability least) {
        return new StoreConfig(url, driver, user, password, schema, connections, least, config);
    }

    /** With options that go before its own. */
    StoreConfig with(Map<String, String> options) {
        Map<String, String> all = new LinkedHashMap<>(config);
        all.putAll(options);
        return new StoreConfig(url, driver, user, password, schema, connections, durability, all);
    }

    /** As its driver is told. */
    public StoreSettings settings() {
        return settings(url, user, password, schema, connections, durability, config);
    }

    /**
     * Opens it, with the driver that is installed for it.
     *
     * @throws InvalidValueException if none is, or a setting is not allowed
     * @throws dev.leat.api.StoreException if it cannot be used
     */
    public Stores open() {
        return Drivers.installed().driver(driver.orElse(null), url).open(settings());
    }
}
