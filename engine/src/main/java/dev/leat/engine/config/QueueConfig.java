package dev.leat.engine.config;

import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.engine.backend.Needs;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One queue: where its jobs are kept, and what it needs of that place. */
public record QueueConfig(
        @Setting(
                value = "The backend that keeps its jobs: a name under backends, or default for the store.",
                defaultsTo = "default")
        String backend,

        @Setting(
                value = "What its driver is told for this queue, beside and before what the backend says; the queue"
                        + " then has a place of its own there.",
                defaultsTo = "{}",
                example = "{key_prefix: critical}")
        Map<String, String> config,

        @Setting("What the backend must be able to do; checked at the start and at every change.")
        Requires requires,

        @Setting(value = "Whether what the engine does in the backend's stead will do, too.", defaultsTo = "false")
        boolean allowEmulated) {

    public QueueConfig {
        config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
    }

    /** The name of the backend: one of its own, if the queue tells its driver something of its own. */
    public String place(String queue) {
        return config.isEmpty() ? backend : backend + "." + queue;
    }

    public Needs needs() {
        return requires.needs(allowEmulated);
    }

    /** How urgent jobs must be told apart. */
    public enum Priorities {
        NONE,
        LEVELS,
        EXACT
    }

    /** What may be required. */
    public record Requires(
            @Setting(
                    value = "What accepted jobs must survive: d1 the kill of a process, d2 a loss of power, d3 the loss"
                            + " of a machine.",
                    example = "d2")
            Optional<Durability> durability,

            @Setting(value = "The most urgent jobs first: by levels, or exactly.", defaultsTo = "none")
            Priorities priority,

            @Setting(value = "Jobs that wait for a due time.", defaultsTo = "false")
            boolean delay,

            @Setting(value = "A call's jobs are stored all or none.", defaultsTo = "false")
            boolean batchEnqueue,

            @Setting(value = "Jobs in the caller's own transaction.", defaultsTo = "false")
            boolean transactionalEnqueue,

            @Setting(value = "One job at a time with the same key.", defaultsTo = "false")
            boolean uniqueKey,

            @Setting(value = "Jobs that ended long ago are removed.", defaultsTo = "false")
            boolean retention) {

        private Needs needs(boolean allowEmulated) {
            Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
            Map.of(
                            Capability.PRIORITY, priority != Priorities.NONE,
                            Capability.DELAY, delay,
                            Capability.BATCH_ENQUEUE, batchEnqueue,
                            Capability.TRANSACTIONAL_ENQUEUE, transactionalEnqueue,
                            Capability.UNIQUE_KEY, uniqueKey,
                            Capability.RETENTION, retention)
                    .forEach((capability, needed) -> {
                        if (needed) {
                            capabilities.add(capability);
                        }
                    });
            return new Needs(durability.orElse(Durability.D0), capabilities, allowEmulated);
        }
    }
}
