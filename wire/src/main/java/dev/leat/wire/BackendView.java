package dev.leat.wire;

import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.Capabilities.Flag;
import dev.leat.api.store.Health;
import java.util.List;

@Doc("A place that jobs are kept in.")
public record BackendView(
        @Doc("Its name in the configuration; default is the store.")
        String name,

        @Doc("What it is, such as postgres.") String store,
        Health.Status health,
        @Doc("One sentence about its health.") String healthDetail,

        @Doc("What an accepted job survives there: d1 the kill of a process, d2 a loss of power, d3 the loss of a"
                + " machine.")
        Durability durability,

        @Doc("How it has each capability.") List<CapabilityView> capabilities,

        @Doc("What follows from them in the usual words; what is missing it does not have.")
        List<Flag> flags) {
    public BackendView {
        capabilities = List.copyOf(capabilities);
        flags = List.copyOf(flags);
    }
}
