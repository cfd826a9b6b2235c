package dev.leat.engine.config;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import dev.leat.engine.backend.Backends;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All that can be configured. Read by {@link #CONFIG}. */
public record LeatConfig(
        @Setting("The HTTP server.") ServerConfig server,
        @Setting("Running jobs.") WorkerSettings worker,

        @Setting("When jobs that have ended are removed, with their payloads, results and errors. Those that have not"
                + " never are.")
        RetentionConfig retention,

        @Setting("Where jobs are kept. Needed by everything but the development mode, which brings its own.")
        Optional<StoreConfig> store,

        @Setting(value = "Other places that jobs are kept in, by names of your own.", defaultsTo = "{}")
        Map<String, StoreConfig> backends,

        @Setting(
                value = "Queues that are kept elsewhere than in the store, or need something of where they are kept.",
                defaultsTo = "{}",
                example = "{audit: {requires: {durability: d2, delay: true}}}")
        Map<String, QueueConfig> queues,

        @Setting("The kinds of jobs that Leat brings along.")
        KindsConfig kinds) {

    public LeatConfig {
        backends = Collections.unmodifiableMap(new LinkedHashMap<>(backends));
        queues = Collections.unmodifiableMap(new LinkedHashMap<>(queues));
        if (backends.containsKey(Backends.STANDARD)) {
            throw new InvalidValueException(
                    "NAME_TAKEN", "backends", "name one default, which is the store", "another name");
        }
        for (Map.Entry<String, QueueConfig> queue : queues.entrySet()) {
            String backend = queue.getValue().backend();
            if (!backend.equals(Backends.STANDARD) && !backends.containsKey(backend)) {
                throw new InvalidValueException(
                        "BACKEND_UNKNOWN",
                        "queues",
                        "have " + queue.getKey() + " in backend " + Checks.shown(backend) + ", which is not configured",
                        Stream.concat(Stream.of(Backends.STANDARD), backends.keySet().stream())
                                .collect(Collectors.joining(", ")));
            }
        }
        requirePlaces(store, backends, queues);
        if (worker.enabled() && kinds.enabled().isEmpty()) {
            throw new InvalidValueException(
                    "NO_KINDS",
                    "kinds",
                    "are all switched off, but worker.enabled is true",
                    "at least one kind that is enabled, or worker.enabled: false");
        }
    }

    /** A queue that tells its driver something of its own has a place of its own, whose name nothing else has. */
    private static void requirePlaces(
            Optional<StoreConfig> store, Map<String, StoreConfig> backends, Map<String, QueueConfig> queues) {
        Set<String> taken = new HashSet<>(backends.keySet());
        queues.forEach((queue, of) -> {
            if (of.config().isEmpty()) {
                return;
            }
            String place = of.place(queue);
            String has = "have " + queue + " with a config of its own";
            if (!taken.add(place)) {
                throw new InvalidValueException(
                        "NAME_TAKEN",
                        "queues",
                        has + ", so with a place of its own named " + place + ", and there is another of that name",
                        "another name for the queue, or for the backend");
            }
            try {
                Checks.name("name", place);
            } catch (InvalidValueException e) {
                throw new InvalidValueException(
                        e.code(), "queues", has + ", so with a place of its own named " + place, e.allowed());
            }
            StoreConfig backend = of.backend().equals(Backends.STANDARD)
                    ? store.orElseThrow(() -> new InvalidValueException(
                            "STORE_MISSING",
                            "queues",
                            has + " in backend default, which is the store, and no store is configured",
                            "a store; or a backend of those under backends; or no config"))
                    : Objects.requireNonNull(backends.get(of.backend()));
            try {
                backend.with(of.config()); // which has its driver check them
            } catch (InvalidValueException e) {
                throw new InvalidValueException(
                        e.code(), "queues", has + ", whose " + e.field() + " " + e.problem(), e.allowed());
            }
        });
    }

    public static final Config<LeatConfig> CONFIG = Config.of(LeatConfig.class);

    /** What holds where nothing is configured. */
    public static final LeatConfig DEFAULT = CONFIG.read(Map.of());
}
