package dev.leat.cli.jobs;

import dev.leat.api.QueueName;
import dev.leat.cli.node.Version;
import dev.leat.client.ClientConfig;
import dev.leat.client.HttpLeatApi;
import dev.leat.engine.Leat;
import dev.leat.engine.config.ConfiguredStores;
import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.config.StoreConfig;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.server.local.LocalApi;
import dev.leat.wire.LeatApi;
import java.net.URI;

/** The calls, open until this is closed. */
record Session(LeatApi api, Runnable end) implements AutoCloseable {
    /** Few: it makes one call at a time, beside the engine's own upkeep. */
    private static final int CONNECTIONS = 3;

    static Session with(URI server) {
        HttpLeatApi api = new HttpLeatApi(ClientConfig.at(server));
        return new Session(api, api::close);
    }

    /** In this process, as a node that runs no jobs. */
    static Session with(StoreConfig store, LeatConfig config) {
        ConfiguredStores stores =
                ConfiguredStores.open(config, store.withConnections(CONNECTIONS).open());
        try {
            Leat leat = Leat.open(
                    stores.backends(),
                    stores.control(),
                    WorkerConfig.DEFAULT.withRetention(config.retention().retention()));
            config.queues().forEach((queue, of) -> leat.require(new QueueName(queue), of.needs()));
            LocalApi api = new LocalApi(leat, stores.control(), Version.number());
            return new Session(api, () -> {
                leat.close();
                stores.close();
            });
        } catch (RuntimeException e) {
            stores.close();
            throw e;
        }
    }

    @Override
    public void close() {
        end.run();
    }
}
