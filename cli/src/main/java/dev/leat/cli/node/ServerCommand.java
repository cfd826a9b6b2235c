package dev.leat.cli.node;

import dev.leat.cli.settings.ConfigFile;
import dev.leat.engine.config.LeatConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

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
public final class ServerCommand extends NodeCommand {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCommand.class);

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Keep jobs in a PostgreSQL of its own in this folder, if no store is configured.")
    private @Nullable Path data;

    @Override
    LeatConfig config(@Nullable Path asked, Map<String, String> environment) {
        return ConfigFile.read(asked, environment);
    }

    @Override
    Node start(LeatConfig config) throws IOException {
        if (data == null) {
            return Node.on(config.store().orElseThrow(this::nowhere), config);
        }
        if (config.store().isPresent()) {
            throw new ParameterException(
                    spec().commandLine(),
                    "--data is for a PostgreSQL of its own, but store.url is configured; leave one of them out");
        }
        return Node.withPostgres(data, "server", config);
    }

    private ParameterException nowhere() {
        return new ParameterException(
                spec().commandLine(),
                "no store is configured, so there is nowhere to keep jobs; set store.url and store.user in leat.yaml,"
                    + " or LEAT_STORE_URL and LEAT_STORE_USER, such as LEAT_STORE_URL=sqlite:leat.db, or give --data"
                    + " DIR for a PostgreSQL of its own");
    }

    @Override
    void ready(Node node) {
        LOG.info("ready at {}", node.uri());
    }
}
