package dev.leat.cli.node;

import dev.leat.cli.screen.Text;
import dev.leat.cli.settings.DataFolder;
import dev.leat.engine.config.LeatConfig;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code leat dev}: everything on this machine, with nothing to install or configure. */
@Command(
        name = "dev",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs Leat on this machine, with a PostgreSQL that it brings along.",
            "Listens on loopback only. Jobs are kept when it stops."
        },
        footer = {"", "Example:", "  leat dev --port 8081"})
public final class DevCommand implements Callable<Integer> {
    /** What is handy while one tries things out, and would not be in production. */
    private static final String STANDARD = """
        worker:
          grace: 5s
        kinds:
          http:
            allowed_hosts: [127.0.0.1, localhost]
        """;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where jobs are kept (default: ~/.local/state/leat/dev).")
    private @Nullable Path data;

    @Mixin
    private final NodeOptions options = new NodeOptions();

    @Override
    public Integer call() throws Exception {
        LeatConfig config = config(System.getenv());
        options.logs().begin(System.getenv());
        try (StopSignal stop = new StopSignal()) {
            try (DataFolder folder = DataFolder.taken(data == null ? DataFolder.standard("dev") : data, "dev");
                    Node node = Node.withPostgres(folder.path(), config)) {
                greet(node.uri(), folder.path());
                stop.await();
                spec.commandLine()
                        .getErr()
                        .println("stopping; running jobs have "
                                + config.worker().grace().toSeconds()
                                + " s to finish, the rest is kept for the next start");
            }
            stop.succeeded();
        }
        return 0;
    }

    private LeatConfig config(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        options.override(all);
        Path file = options.config();
        LeatConfig config =
                file == null ? LeatConfig.CONFIG.read("leat dev", STANDARD, all) : LeatConfig.CONFIG.read(file, all);
        if (config.store().isPresent()) {
            throw new IllegalArgumentException("leat dev brings its own PostgreSQL, but store.url is configured; take"
                    + " it out, or use it with: leat server");
        }
        return config;
    }

    private void greet(URI uri, Path folder) {
        PrintWriter out = spec.commandLine().getOut();
        double seconds = ManagementFactory.getRuntimeMXBean().getUptime() / 1_000.0;
        String server = uri.getPort() == 8080 ? "" : " --server " + uri;
        out.printf(
                Locale.ROOT,
                "Leat %s is ready at %s after %.1f s. Its data is in %s.%n%n",
                Version.number(),
                uri,
                seconds,
                Text.shown(folder.toString()));
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
