package dev.leat.engine.config;

import dev.leat.api.InvalidValueException;
import java.util.Map;
import java.util.Optional;

/** All that can be configured. Read by {@link #CONFIG}. */
public record LeatConfig(
        @Setting("The HTTP server.") ServerConfig server,
        @Setting("Running jobs.") WorkerSettings worker,

        @Setting("When jobs that have ended are removed, with their payloads, results and errors. Those that have not"
                + " never are.")
        RetentionConfig retention,

        @Setting("Where jobs are kept. Needed by everything but the development mode, which brings its own.")
        Optional<StoreConfig> store,

        @Setting("The kinds of jobs that Leat brings along.")
        KindsConfig kinds) {

    public LeatConfig {
        if (worker.enabled() && kinds.enabled().isEmpty()) {
            throw new InvalidValueException(
                    "NO_KINDS",
                    "kinds",
                    "are all switched off, but worker.enabled is true",
                    "at least one kind that is enabled, or worker.enabled: false");
        }
    }

    public static final Config<LeatConfig> CONFIG = Config.of(LeatConfig.class);

    /** What holds where nothing is configured. */
    public static final LeatConfig DEFAULT = CONFIG.read(Map.of());
}
