package dev.leat.redis;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Capabilities.Durability;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the server says of itself.
 *
 * @param compatible the version of Redis that it is like
 * @param clustered whether it is a node of a cluster
 * @param settings empty if the user may not ask for them
 */
record ServerSettings(
        Flavour flavour,
        String version,
        String compatible,
        String role,
        boolean clustered,
        Optional<Map<String, String>> settings) {
    private static final int OLDEST_MAJOR = 6;
    private static final int OLDEST_MINOR = 2;

    /** Programs that speak as Redis does. */
    enum Flavour {
        REDIS("Redis"),
        VALKEY("Valkey"),
        KEYDB("KeyDB"),
        DRAGONFLY("Dragonfly");

        private final String brand;

        Flavour(String brand) {
            this.brand = brand;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        @Override
        public String toString() {
            return brand;
        }
    }

    static ServerSettings of(RedisLink link) {
        String info = Stream.of("server", "replication", "cluster", "keydb")
                .map(link::info)
                .collect(Collectors.joining("\r\n"));
        return of(info, settings(link));
    }

    /** @param info its sections server, replication, cluster and keydb, the last of which is empty but for KeyDB */
    static ServerSettings of(String info, Optional<Map<String, String>> settings) {
        Map<String, String> values = values(info);
        String compatible = values.getOrDefault("redis_version", "unknown");
        String role = values.getOrDefault("role", "");
        boolean clustered = values.getOrDefault("cluster_enabled", "0").equals("1");
        if (values.containsKey("dragonfly_version")) {
            String version = values.get("dragonfly_version").replaceFirst("^df-", "");
            return new ServerSettings(Flavour.DRAGONFLY, version, compatible, role, clustered, settings);
        }
        if (values.containsKey("valkey_version")) {
            return new ServerSettings(
                    Flavour.VALKEY, values.get("valkey_version"), compatible, role, clustered, settings);
        }
        boolean keydb = values.containsKey("mvcc_depth");
        return new ServerSettings(
                keydb ? Flavour.KEYDB : Flavour.REDIS, compatible, compatible, role, clustered, settings);
    }

    private static Map<String, String> values(String info) {
        Map<String, String> values = new HashMap<>();
        info.lines().forEach(line -> {
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
            for (String name : new String[] {
                "appendonly",
                "appendfsync",
                "no-appendfsync-on-rewrite",
                "maxmemory-policy",
                "active-replica", // of KeyDB
                "cache_mode" // of Dragonfly
            }) {
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

    /** D0 if the settings are not known, and on Dragonfly, which keeps no log. */
    Durability durability() {
        if (flavour == Flavour.DRAGONFLY || !is("appendonly", "yes")) {
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
            throw refused(config, "is version " + version, "Leat needs what Redis 6.2 can do, or later");
        }
        if (role.equals("slave") || role.equals("replica")) {
            throw refused(config, "is a replica", "give Leat the URL of the primary");
        }
        if (clustered) {
            throw refused(
                    config,
                    "is a node of a cluster, which Leat cannot use yet",
                    "give Leat a server of its own without cluster-enabled");
        }
        if (role.equals("active-replica") || is("active-replica", "yes")) {
            throw refused(
                    config,
                    "is an active replica, of which two hand out the same job",
                    "set active-replica no, or take a server without");
        }
        if (evicts()) {
            throw refused(
                    config,
                    "would remove keys, and jobs with them, when memory is short",
                    flavour == Flavour.DRAGONFLY
                            ? "start it with --cache_mode=false"
                            : "set maxmemory-policy noeviction");
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

    private boolean evicts() {
        return flavour == Flavour.DRAGONFLY
                ? is("cache_mode", "true")
                : settings.isPresent() && !is("maxmemory-policy", "noeviction");
    }

    /** What to change so that the class is met. */
    private String change(Durability required) {
        if (flavour == Flavour.DRAGONFLY) {
            return "take another server, since Dragonfly keeps no log";
        }
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
        String[] parts = compatible.split("\\.", -1);
        try {
            int major = Integer.parseInt(parts[0]);
            return major < OLDEST_MAJOR
                    || (major == OLDEST_MAJOR && parts.length > 1 && Integer.parseInt(parts[1]) < OLDEST_MINOR);
        } catch (NumberFormatException e) {
            return false; // some flavour says something else; it is tried
        }
    }

    private StoreException refused(RedisConfig config, String what, String remedy) {
        return new StoreException(flavour + " at " + config.url() + " " + what + "; " + remedy, Effect.NONE, null);
    }
}
