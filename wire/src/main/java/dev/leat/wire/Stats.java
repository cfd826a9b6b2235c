package dev.leat.wire;

import dev.leat.api.store.Health;
import java.time.Instant;

@Doc("The whole at a glance.")
public record Stats(
        @Doc("The store's time.") Instant time,
        @Doc("The version of the server.") String version,
        @Doc("The name of the store.") String store,
        Health.Status health,
        @Doc("One sentence about the store's health.") String healthDetail,
        int queues,
        @Doc("Of all queues together.") StateCounts jobs) {}
