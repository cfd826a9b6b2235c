package dev.leat.postgres;

import dev.leat.api.InvalidValueException;
import dev.leat.api.driver.StoreDriver;
import dev.leat.api.driver.StoreSettings;
import dev.leat.api.driver.Stores;
import dev.leat.api.store.Capabilities.Durability;

/** Opens PostgreSQL. Its option is {@code schema}. */
public final class PostgresDriver implements StoreDriver {
    private static final String SCHEMA = "schema";

    @Override
    public String name() {
        return "postgres";
    }

    @Override
    public boolean takes(String url) {
        return url.startsWith(PostgresConfig.PREFIX);
    }

    @Override
    public String urls() {
        return "jdbc:postgresql://host:port/database";
    }

    @Override
    public void check(StoreSettings settings) {
        config(settings);
    }

    @Override
    public Stores open(StoreSettings settings) {
        return PostgresStores.open(config(settings));
    }

    @Override
    public StoreSettings apart(StoreSettings settings, String name) {
        config(settings);
        return settings.withOption(SCHEMA, name);
    }

    @Override
    public void remove(StoreSettings settings) {
        PostgresStores.remove(config(settings));
    }

    /**
     * The settings as those of PostgreSQL.
     *
     * @throws InvalidValueException if they are not allowed
     */
    public static PostgresConfig config(StoreSettings settings) {
        settings.requireOptions(SCHEMA);
        String user = settings.user();
        if (user == null || user.isBlank()) {
            throw new InvalidValueException(
                    "USER_INVALID", "user", user == null ? "is missing" : "is empty", "a user of the database");
        }
        return new PostgresConfig(
                settings.url(),
                user,
                settings.password(),
                settings.options().getOrDefault(SCHEMA, PostgresConfig.DEFAULT_SCHEMA),
                settings.connections(),
                // Whoever needs less is served too.
                settings.durability() == Durability.D0 ? Durability.D1 : settings.durability());
    }
}
