package dev.leat.cli.node;

import dev.leat.cli.settings.DataFolder;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.launcher.PostgresWatch;
import dev.leat.postgres.PostgresConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The PostgreSQL that a node brings along: started again if it dies, stopped with the node. */
final class OwnPostgres implements AutoCloseable {
    private final DataFolder folder;
    private final PostgresServer server;
    private final PostgresWatch watch;

    /** @param folder is closed with this, and also if this cannot be started */
    OwnPostgres(DataFolder folder) {
        this.folder = folder;
        try {
            server = PostgresServer.start(
                    PostgresServerConfig.at(folder.path().resolve("postgres")).withStopOnExit(false));
        } catch (RuntimeException e) {
            giveFree(folder);
            throw e;
        }
        watch = server.watch();
    }

    PostgresConfig database() {
        return PostgresConfig.of(server.url(), server.user(), server.password());
    }

    Path path() {
        return folder.path();
    }

    /** From now on it is not started again. */
    void letGo() {
        watch.close();
    }

    private static void giveFree(DataFolder folder) {
        try {
            folder.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        letGo();
        try {
            server.close();
        } finally {
            giveFree(folder);
        }
    }
}
