package dev.leat.acceptance;

import dev.leat.engine.Leat;
import dev.leat.engine.config.LeatConfig;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import dev.leat.server.LeatServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A whole node on a real PostgreSQL of its own. */
final class Node implements AutoCloseable {
    private final PostgresServer postgres;
    private final PostgresStores stores;
    final LeatServer server;

    /** @param settings as environment overrides */
    Node(Path home, Map<String, String> settings, Consumer<Leat> kinds) {
        postgres = PostgresServer.start(PostgresServerConfig.at(home));
        stores = PostgresStores.open(PostgresConfig.of(postgres.url(), postgres.user(), postgres.password())
                .withConnections(10));
        Map<String, String> all = new HashMap<>(Map.of("LEAT_SERVER_PORT", "0"));
        all.putAll(settings);
        server = LeatServer.start(LeatConfig.CONFIG.read(all), stores.jobs(), stores.control(), kinds, "test");
    }

    @Override
    public void close() {
        server.close();
        stores.close();
        postgres.close();
    }
}
