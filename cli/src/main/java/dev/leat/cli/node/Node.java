package dev.leat.cli.node;

import dev.leat.api.driver.Stores;
import dev.leat.cli.settings.DataFolder;
import dev.leat.engine.config.ConfiguredStores;
import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.config.ServerConfig;
import dev.leat.engine.config.StoreConfig;
import dev.leat.engine.kinds.BuiltinKinds;
import dev.leat.postgres.PostgresStores;
import dev.leat.server.LeatServer;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A node that runs in this process: perhaps a PostgreSQL of its own, the stores, and a server with the built-in kinds. */
final class Node implements AutoCloseable {
    private final @Nullable OwnPostgres postgres;
    private final ConfiguredStores stores;
    private final LeatServer server;

    private Node(@Nullable OwnPostgres postgres, Stores standard, LeatConfig config) {
        this.postgres = postgres;
        stores = ConfiguredStores.open(config, standard);
        try {
            server = LeatServer.start(
                    config,
                    stores.backends(),
                    stores.control(),
                    leat -> BuiltinKinds.register(leat, config.kinds()),
                    Version.number());
        } catch (RuntimeException e) {
            stores.close();
            throw explained(e, config.server());
        }
    }

    /** On the store that is configured. */
    static Node on(StoreConfig store, LeatConfig config) {
        requireFree(config.server());
        return new Node(null, store.open(), config);
    }

    /**
     * On a PostgreSQL of its own.
     *
     * @param user who takes the folder, see {@link DataFolder#taken}
     */
    static Node withPostgres(Path folder, String user, LeatConfig config) throws IOException {
        OwnPostgres postgres = new OwnPostgres(free(DataFolder.taken(folder, user), config.server()));
        try {
            return new Node(postgres, PostgresStores.open(postgres.database()), config);
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /** The folder, before anything is started in it that nobody could then ask. */
    private static DataFolder free(DataFolder folder, ServerConfig config) throws IOException {
        try {
            requireFree(config);
            return folder;
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /** Early, so that a node that cannot listen costs no start of a database. Another may still be faster. */
    private static void requireFree(ServerConfig config) {
        try (var _ = new ServerSocket(config.port(), 1, config.address())) {
            // It is free at this moment.
        } catch (IOException e) {
            throw cannotListen(config, String.valueOf(e.getMessage()), e);
        }
    }

    /** With a sentence in place of what the system says, if the server could not listen. */
    private static RuntimeException explained(RuntimeException e, ServerConfig config) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            // Netty's own system calls do not make the exception of Java.
            if (cause instanceof BindException || message.startsWith("bind(")) {
                return cannotListen(config, message, e);
            }
        }
        return e;
    }

    private static IllegalStateException cannotListen(ServerConfig config, String reason, Exception cause) {
        int port = config.port();
        String place = "port " + port + " of " + config.host();
        String problem = reason.contains("in use")
                ? place + " is in use, perhaps by another Leat"
                : "cannot listen on " + place + " (" + reason + ")";
        return new IllegalStateException(
                problem + "; choose another one with --port or server.port, such as --port "
                        + (port < 1_024 ? 8080 : port % 65_535 + 1) + ", or --port 0 for any free one",
                cause);
    }

    /** Where the dashboard and the API are. */
    URI uri() {
        return server.uri();
    }

    /** Where its own PostgreSQL keeps the jobs; null if it has none. */
    @Nullable
    Path folder() {
        return postgres == null ? null : postgres.path();
    }

    /** Answers nobody any more, lets running jobs finish within the grace, and then stops everything that it started. */
    @Override
    public void close() {
        if (postgres != null) {
            postgres.letGo();
        }
        stores.hurry();
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
