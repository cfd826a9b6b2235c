package dev.leat.sqlite;

import dev.leat.api.InvalidValueException;
import dev.leat.api.driver.StoreDriver;
import dev.leat.api.driver.StoreSettings;
import dev.leat.api.driver.Stores;
import dev.leat.api.store.Capabilities.Durability;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Opens SQLite. Of the connections one writes, and the others read, of which more than 64 are not made. */
public final class SqliteDriver implements StoreDriver {
    private static final String PREFIX = "sqlite:";
    private static final int MOST_READERS = 64;

    @Override
    public String name() {
        return "sqlite";
    }

    @Override
    public boolean takes(String url) {
        return url.startsWith(PREFIX);
    }

    @Override
    public String urls() {
        return "sqlite:/path/to/leat.db";
    }

    @Override
    public void check(StoreSettings settings) {
        config(settings);
    }

    @Override
    public Stores open(StoreSettings settings) {
        return SqliteStores.open(config(settings));
    }

    @Override
    public StoreSettings apart(StoreSettings settings, String name) {
        return settings.withUrl(PREFIX + config(settings).file().resolveSibling(name + ".db"));
    }

    @Override
    public void remove(StoreSettings settings) {
        SqliteStores.remove(config(settings));
    }

    private SqliteConfig config(StoreSettings settings) {
        settings.requireOptions();
        settings.requireNoUser();
        if (settings.durability() == Durability.D3) {
            throw new InvalidValueException(
                    "DURABILITY_INVALID", "durability", "is d3, which a file on one machine cannot give", "d2 or less");
        }
        return SqliteConfig.of(file(settings.url())).withReaders(Math.min(settings.connections() - 1, MOST_READERS));
    }

    private Path file(String url) {
        String path = url.startsWith(PREFIX) ? url.substring(PREFIX.length()) : "";
        try {
            if (!path.isEmpty() && !path.startsWith("//") && path.indexOf('?') < 0) {
                return Path.of(path);
            }
        } catch (InvalidPathException e) {
            throw invalid("holds a path that the system does not take (" + e.getReason() + ")");
        }
        throw invalid("is no SQLite URL");
    }

    private InvalidValueException invalid(String problem) {
        return new InvalidValueException(
                "URL_INVALID", "url", problem, urls() + ", the path of a file, and nothing behind it");
    }
}
