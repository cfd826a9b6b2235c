package dev.leat.cli.node;

import dev.leat.engine.config.KindsConfig;
import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.config.StoreConfig;
import dev.leat.engine.kinds.BuiltinKinds;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import dev.leat.server.LeatServer;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A node that runs in this process: perhaps a PostgreSQL of its own, the stores on it, and a server with the built-in kinds. */
final class Node implements AutoCloseable {
    private final @Nullable PostgresServer postgres;
    private final PostgresStores stores;
    private final LeatServer server;

    private Node(@Nullable PostgresServer postgres, PostgresConfig database, LeatConfig config) {
        this.postgres = postgres;
        stores = PostgresStores.open(database);
        try {
            server = LeatServer.start(
                    config,
                    stores.jobs(),
                    stores.control(),
                    leat -> BuiltinKinds.register(leat, config.kinds()),
                    Version.number());
        } catch (RuntimeException e) {
            stores.close();
            throw explained(e, config);
        }
    }

    /** On the PostgreSQL that is configured. */
    static Node on(StoreConfig store, LeatConfig config) {
        checkWork(config);
        return new Node(null, database(store), config);
    }

    /** On a PostgreSQL of its own that keeps its data in this folder, and stops with it. */
    static Node withPostgres(Path folder, LeatConfig config) {
        checkWork(config);
        PostgresServer postgres = PostgresServer.start(
                PostgresServerConfig.at(folder.resolve("postgres")).withStopOnExit(false));
        try {
            PostgresConfig database = PostgresConfig.of(postgres.url(), postgres.user(), postgres.password());
            return new Node(postgres, database, config);
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    private static PostgresConfig database(StoreConfig store) {
        return new PostgresConfig(
                store.url(), store.user(), store.password().reveal(), store.schema(), store.connections());
    }

    private static void checkWork(LeatConfig config) {
        KindsConfig kinds = config.kinds();
        boolean any = kinds.http().enabled()
                || kinds.exec().enabled()
                || kinds.sleep().enabled()
                || kinds.fail().enabled();
        if (config.worker().enabled() && !any) {
            throw new IllegalArgumentException("worker.enabled is true, but every kind is switched off; switch one on"
                    + " under kinds, or set worker.enabled to false");
        }
    }

    /** With a sentence in place of what the system says, if the server could not listen. */
    private static RuntimeException explained(RuntimeException e, LeatConfig config) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            // Netty's own system calls do not make the exception of Java.
            if (cause instanceof BindException || message.startsWith("bind(")) {
                int port = config.server().port();
                String place = "port " + port + " of " + config.server().host();
                String problem = message.contains("in use")
                        ? place + " is in use, perhaps by another Leat"
                        : "cannot listen on " + place + " (" + message + ")";
                return new IllegalStateException(
                        problem + "; choose another one, such as --port " + (port < 1_024 ? 8080 : port % 65_535 + 1)
                                + ", or --port 0 for any free one",
                        e);
            }
        }
        return e;
    }

    /** Where the dashboard and the API are. */
    URI uri() {
        return server.uri();
    }

    /** Answers nobody any more, lets running jobs finish within the grace, and then stops everything that it started. */
    @Override
    public void close() {
        try {
            server.close();
        } finally {
            try {
                stores.close();
            } finally {
                if (postgres != null) {
                    postgres.close();
                }
            }
        }
    }
}
