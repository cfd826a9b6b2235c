package dev.leat.cli.node;

import dev.leat.cli.screen.Text;
import dev.leat.cli.settings.DataFolder;
import dev.leat.engine.config.LeatConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code leat dev}: everything on this machine, with nothing to install or configure. */
@Command(
        name = "dev",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs Leat on this machine, with a PostgreSQL that it brings along.",
            "Listens on loopback only. Jobs are kept when it stops.",
            "Without --config, jobs of the kind http may also call this machine, by 127.0.0.1 and localhost."
        },
        footer = {"", "Example:", "  leat dev --port 8081"})
public final class DevCommand extends NodeCommand {
    /** What is handy while one tries things out, and would not be in production. */
    private static final String STANDARD = """
        worker:
          grace: 5s
        kinds:
          http:
            allowed_hosts: [127.0.0.1, localhost]
        """;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where jobs are kept (default: ~/.local/state/leat/dev).")
    private @Nullable Path data;

    @Override
    LeatConfig config(@Nullable Path asked, Map<String, String> environment) {
        LeatConfig config = asked == null
                ? LeatConfig.CONFIG.read("leat dev", STANDARD, environment)
                : LeatConfig.CONFIG.read(asked, environment);
        if (config.store().isPresent()) {
            throw new ParameterException(
                    spec().commandLine(),
                    "leat dev brings its own PostgreSQL, but store.url is configured; take it out, or use it with:"
                            + " leat server");
        }
        return config;
    }

    @Override
    Node start(LeatConfig config) throws IOException {
        return Node.withPostgres(data == null ? DataFolder.standard("dev") : data, "dev", config);
    }

    @Override
    void ready(Node node) {
        URI uri = node.uri();
        PrintWriter out = spec().commandLine().getOut();
        double seconds = ManagementFactory.getRuntimeMXBean().getUptime() / 1_000.0;
        String server = uri.getPort() == 8080 ? "" : " --server " + uri;
        out.printf(
                Locale.ROOT,
                "Leat %s is ready at %s after %.1f s. Its data is in %s.%n%n",
                Version.number(),
                uri,
                seconds,
                Text.shown(String.valueOf(node.folder())));
        out.println("Next, in another terminal:");
        out.println("  curl " + uri + "api/v1/jobs -H 'Content-Type: application/json'"
                + " -d '{\"kind\":\"sleep\",\"payload\":{\"millis\":500}}'");
        out.println("  leat enqueue default sleep '{\"millis\":500}'" + server);
        out.println("  open the dashboard: " + uri);
        out.println();
        out.println("Ctrl-C stops it; jobs are kept.");
        out.flush();
    }
}
