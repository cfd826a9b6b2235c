package dev.leat.redis;

import dev.leat.api.InvalidValueException;
import dev.leat.api.driver.StoreDriver;
import dev.leat.api.driver.StoreSettings;
import dev.leat.api.driver.Stores;
import java.util.Objects;
import java.util.Set;

/**
 * Opens Redis and what speaks like it, all calls over one connection. Its options are {@code key_prefix}, what the names of all keys begin
 * with, and {@code database}, a number, if the URL names none.
 */
public final class RedisDriver implements StoreDriver {
    static final String PREFIX = "key_prefix";
    static final String DATABASE = "database";
    private static final Set<String> NAMES = Set.of("redis", "valkey", "keydb", "dragonfly");

    @Override
    public String name() {
        return "redis";
    }

    /** Which of them a server is, it says itself. */
    @Override
    public boolean isNamed(String name) {
        return NAMES.contains(name);
    }

    @Override
    public boolean takes(String url) {
        return url.startsWith("rediss://") || NAMES.stream().anyMatch(name -> url.startsWith(name + "://"));
    }

    @Override
    public String urls() {
        return "redis://host:port";
    }

    @Override
    public void check(StoreSettings settings) {
        config(settings);
    }

    @Override
    public Stores open(StoreSettings settings) {
        return RedisStores.open(config(settings));
    }

    @Override
    public StoreSettings apart(StoreSettings settings, String name) {
        config(settings);
        return settings.withOption(PREFIX, name);
    }

    @Override
    public void remove(StoreSettings settings) {
        RedisStores.remove(config(settings));
    }

    private static RedisConfig config(StoreSettings settings) {
        settings.requireOptions(PREFIX, DATABASE);
        return config(settings, RedisConfig.DEFAULT_PREFIX);
    }

    /** By what the settings say that are for any layout. */
    static RedisConfig config(StoreSettings settings, String prefix) {
        try {
            return RedisConfig.of(url(settings))
                    .withDurability(settings.durability())
                    .withAuthentication(Objects.requireNonNullElse(settings.user(), ""), settings.password())
                    .withPrefix(settings.options().getOrDefault(PREFIX, prefix));
        } catch (InvalidValueException e) {
            throw e.field().equals("prefix") ? e.in(PREFIX) : e;
        }
    }

    private static String url(StoreSettings settings) {
        String database = settings.options().get(DATABASE);
        if (database == null) {
            return settings.url();
        }
        if (!database.matches("[0-9]{1,5}")) {
            throw new InvalidValueException("DATABASE_INVALID", DATABASE, "is no number of a database", "0 to 99999");
        }
        if (!settings.url().matches("[a-z]+://[^/]+/?")) {
            throw new InvalidValueException(
                    "DATABASE_INVALID", DATABASE, "is given beside a URL that names one too", "one of the two");
        }
        return settings.url().replaceFirst("/?$", "/" + database);
    }
}
