package dev.leat.cli.node;

import dev.leat.cli.settings.ConfigFile;
import dev.leat.cli.settings.DataFolder;
import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.config.StoreConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code leat server}: a node as configured, until it is told to stop. */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs a node: HTTP API, dashboard and, unless configured otherwise, workers.",
            "Reads --config, else the file that LEAT_CONFIG names, else leat.yaml if it is here; LEAT_ variables such"
                    + " as LEAT_SERVER_PORT go before the file."
        },
        footer = {"", "Example:", "  leat server --config /etc/leat/leat.yaml --log json"})
public final class ServerCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCommand.class);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Keep jobs in a PostgreSQL of its own in this folder, if no store is configured.")
    private @Nullable Path data;

    @Mixin
    private final NodeOptions options = new NodeOptions();

    @Override
    public Integer call() throws Exception {
        Map<String, String> environment = new HashMap<>(System.getenv());
        options.override(environment);
        LeatConfig config = ConfigFile.read(options.config(), environment);
        options.logs().begin(environment);
        try (StopSignal stop = new StopSignal()) {
            try (Held held = held(config)) {
                LOG.info("ready at {}", held.node.uri());
                stop.await();
                LOG.info(
                        "stopping; running jobs have {} s to finish",
                        config.worker().grace().toSeconds());
            }
            LOG.info("stopped");
            stop.succeeded();
        }
        return 0;
    }

    private Held held(LeatConfig config) throws IOException {
        Optional<StoreConfig> store = config.store();
        Path folder = data;
        if (folder == null) {
            return new Held(
                    Node.on(
                            store.orElseThrow(() -> new ParameterException(
                                    spec.commandLine(),
                                    "no store is configured, so there is nowhere to keep jobs; set store.url and"
                                            + " store.user in leat.yaml, or LEAT_STORE_URL and LEAT_STORE_USER, or give"
                                            + " --data DIR for a PostgreSQL of its own")),
                            config),
                    null);
        }
        if (store.isPresent()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--data is for a PostgreSQL of its own, but store.url is configured; leave one of them out");
        }
        DataFolder taken = DataFolder.taken(folder, "server");
        try {
            return new Held(Node.withPostgres(taken.path(), config), taken);
        } catch (RuntimeException e) {
            taken.close();
            throw e;
        }
    }

    /** A node, with the folder it keeps its jobs in if it has one. */
    private record Held(Node node, @Nullable DataFolder folder) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            try {
                node.close();
            } finally {
                if (folder != null) {
                    folder.close();
                }
            }
        }
    }
}
