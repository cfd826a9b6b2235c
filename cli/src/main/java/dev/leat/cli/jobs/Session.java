package dev.leat.cli.jobs;

import dev.leat.api.store.Retention;
import dev.leat.cli.node.Version;
import dev.leat.client.ClientConfig;
import dev.leat.client.HttpLeatApi;
import dev.leat.engine.Leat;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
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
    static Session with(PostgresConfig database, Retention retention) {
        PostgresStores stores = PostgresStores.open(database.withConnections(CONNECTIONS));
        try {
            Leat leat = Leat.open(stores.jobs(), stores.control(), WorkerConfig.DEFAULT.withRetention(retention));
            LocalApi api = new LocalApi(leat, stores.jobs(), stores.control(), Version.number());
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
