package dev.leat.cli.node;

import dev.leat.engine.config.LeatConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs a node until it is told to stop. */
abstract class NodeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCommand.class);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    @Mixin
    private final NodeOptions options = new NodeOptions();

    /** The configuration that was asked for, or whatever stands for it. */
    abstract LeatConfig config(@Nullable Path asked, Map<String, String> environment);

    abstract Node start(LeatConfig config) throws IOException;

    /** Tells that it can be asked. */
    abstract void ready(Node node);

    final CommandSpec spec() {
        return spec;
    }

    @Override
    public final Integer call() throws Exception {
        Map<String, String> environment = new HashMap<>(System.getenv());
        options.override(environment);
        LeatConfig config = config(options.config(), environment);
        options.logs().begin(environment);
        try (StopSignal stop = new StopSignal()) {
            try (Node node = start(config)) {
                ready(node);
                stop.await();
                LOG.info(
                        "stopping; running jobs have {} s to finish, the rest is kept",
                        config.worker().grace().toSeconds());
            }
            LOG.info("stopped");
            stop.succeeded();
        }
        return 0;
    }
}
