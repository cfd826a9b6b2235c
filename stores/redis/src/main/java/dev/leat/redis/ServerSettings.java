package dev.leat.redis;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Capabilities.Durability;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the server says of itself.
 *
 * @param settings empty if the user may not ask for them
 */
record ServerSettings(String version, boolean replica, Optional<Map<String, String>> settings) {
    private static final int OLDEST_MAJOR = 6;
    private static final int OLDEST_MINOR = 2;

    static ServerSettings of(RedisLink link) {
        Map<String, String> info = info(link.info("server") + "\r\n" + link.info("replication"));
        return new ServerSettings(
                info.getOrDefault("redis_version", "unknown"),
                info.getOrDefault("role", "").equals("slave"),
                settings(link));
    }

    private static Map<String, String> info(String text) {
        Map<String, String> values = new HashMap<>();
        text.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                values.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        return values;
    }

    private static Optional<Map<String, String>> settings(RedisLink link) {
        try {
            Map<String, String> all = new HashMap<>();
            for (String name :
                    new String[] {"appendonly", "appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy"}) {
                all.putAll(link.config(name)); // several names at once are for Redis 7
            }
            return Optional.of(all);
        } catch (StoreException e) {
            if (isForbidden(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** By its access list, or by whoever runs it for others and took the command away. */
    private static boolean isForbidden(StoreException e) {
        Throwable cause = e.getCause();
        String said = cause == null ? "" : String.valueOf(cause.getMessage());
        return said.contains("NOPERM") || said.contains("unknown command");
    }

    /** D0 if the settings are not known. */
    Durability durability() {
        if (!is("appendonly", "yes")) {
            return Durability.D0;
        }
        return is("appendfsync", "always") && is("no-appendfsync-on-rewrite", "no")
                ? Durability.D2
                : is("appendfsync", "no") ? Durability.D0 : Durability.D1;
    }

    private boolean is(String name, String value) {
        return settings.orElse(Map.of()).getOrDefault(name, "").equals(value);
    }

    /** Refuses a server on which jobs could be lost that it is not allowed to lose, and says what to change. */
    void require(RedisConfig config) {
        if (isTooOld()) {
            throw refused(config, "is version " + version, "Leat needs 6.2 or later");
        }
        if (replica) {
            throw refused(config, "is a replica", "give Leat the URL of the primary");
        }
        if (settings.isPresent() && !is("maxmemory-policy", "noeviction")) {
            throw refused(
                    config,
                    "would remove keys, and jobs with them, when memory is short",
                    "set maxmemory-policy noeviction");
        }
        if (durability().compareTo(config.durability()) < 0) {
            throw refused(
                    config,
                    settings.isEmpty()
                            ? "does not tell how durable it is, since the user may not ask"
                            : "gives durability " + durability() + ", and " + config.durability() + " is required",
                    change(config.durability()) + ", or require less: durability " + durability());
        }
    }

    /** What to change so that the class is met. */
    private String change(Durability required) {
        if (settings.isEmpty()) {
            return "allow the user +config|get";
        }
        if (!is("appendonly", "yes")) {
            return "set appendonly yes and appendfsync " + (required == Durability.D2 ? "always" : "everysec");
        }
        if (required == Durability.D2 && !is("appendfsync", "always")) {
            return "set appendfsync always";
        }
        return required == Durability.D2 ? "set no-appendfsync-on-rewrite no" : "set appendfsync everysec";
    }

    private boolean isTooOld() {
        String[] parts = version.split("\\.", -1);
        try {
            int major = Integer.parseInt(parts[0]);
            return major < OLDEST_MAJOR
                    || (major == OLDEST_MAJOR && parts.length > 1 && Integer.parseInt(parts[1]) < OLDEST_MINOR);
        } catch (NumberFormatException e) {
            return false; // some flavour says something else; it is tried
        }
    }

    private static StoreException refused(RedisConfig config, String what, String remedy) {
        return new StoreException("Redis at " + config.url() + " " + what + "; " + remedy, Effect.NONE, null);
    }
}
