package dev.leat.kv;

import dev.leat.api.InvalidValueException;
import dev.leat.api.driver.StoreDriver;
import dev.leat.api.driver.StoreSettings;
import dev.leat.api.driver.Stores;
import dev.leat.api.store.Capabilities.Durability;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Opens a directory of this machine. It has no connections, whatever the settings say of them. */
public final class KvDriver implements StoreDriver {
    private static final String PREFIX = "kv:";

    @Override
    public String name() {
        return "kv";
    }

    @Override
    public boolean takes(String url) {
        return url.startsWith(PREFIX);
    }

    @Override
    public String urls() {
        return "kv:/path/to/directory";
    }

    @Override
    public void check(StoreSettings settings) {
        config(settings);
    }

    @Override
    public Stores open(StoreSettings settings) {
        return KvStores.open(config(settings));
    }

    @Override
    public StoreSettings apart(StoreSettings settings, String name) {
        return settings.withUrl(PREFIX + config(settings).directory().resolveSibling(name));
    }

    @Override
    public void remove(StoreSettings settings) {
        KvStores.remove(config(settings));
    }

    private KvConfig config(StoreSettings settings) {
        settings.requireOptions();
        settings.requireNoUser();
        if (settings.durability() == Durability.D3) {
            throw new InvalidValueException(
                    "DURABILITY_INVALID",
                    "durability",
                    "is d3, which a directory on one machine cannot give",
                    "d2 or less");
        }
        return KvConfig.of(directory(settings.url()));
    }

    private Path directory(String url) {
        String path = url.startsWith(PREFIX) ? url.substring(PREFIX.length()) : "";
        try {
            if (!path.isEmpty() && !path.startsWith("//") && path.indexOf('?') < 0) {
                return Path.of(path);
            }
        } catch (InvalidPathException e) {
            throw invalid("holds a path that the system does not take (" + e.getReason() + ")");
        }
        throw invalid("is no URL of a key-value store");
    }

    private InvalidValueException invalid(String problem) {
        return new InvalidValueException(
                "URL_INVALID", "url", problem, urls() + ", the path of a directory, and nothing behind it");
    }
}
