package dev.leat.cli.doctor;

import dev.leat.cli.screen.Table;
import dev.leat.cli.screen.Text;
import dev.leat.cli.settings.ConfigFile;
import dev.leat.cli.settings.StoreAccess;
import dev.leat.postgres.Diagnosis;
import dev.leat.postgres.Diagnosis.Finding;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresDoctor;
import dev.leat.postgres.PostgresDriver;
import dev.leat.wire.WireJson;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code leat doctor postgres}. */
@Command(
        name = "postgres",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Examines the PostgreSQL that Leat keeps its jobs in, and changes nothing.",
            "Settings, old snapshots, lock waits, dead rows and sizes: each finding with the command or setting that"
                    + " mends it. Ends with 1 if there is an error among them.",
            "Reads --config, else the file that LEAT_CONFIG names, else leat.yaml if it is here, and LEAT_ variables."
        },
        footer = {"", "Example:", "  leat doctor postgres --config /etc/leat/leat.yaml"})
final class PostgresCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "The configuration whose store to examine.")
    private @Nullable Path config;

    @Option(
            names = "--store",
            paramLabel = "URL",
            description = "Examine this store instead, such as jdbc:postgresql://localhost:5432/app.")
    private @Nullable String store;

    @Option(names = "--user", paramLabel = "NAME", description = "The user for --store.")
    private @Nullable String user;

    @Option(
            names = "--password-env",
            paramLabel = "VAR",
            description = "The environment variable with the password for --store.")
    private @Nullable String passwordVariable;

    @Option(names = "--json", description = "Answer as one JSON object, and tell problems as JSON on standard error.")
    private boolean json;

    @Override
    public Integer call() {
        Diagnosis diagnosis = PostgresDoctor.examine(database());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(WireJson.LENIENT.writeText(diagnosis));
        } else {
            print(diagnosis, out);
        }
        return diagnosis.hasErrors() ? 1 : 0;
    }

    private PostgresConfig database() {
        if (store != null) {
            if (config != null) {
                throw refused("--config and --store exclude each other");
            }
            return PostgresDriver.config(
                    StoreAccess.of(spec, store, user, passwordVariable).settings());
        }
        if (user != null || passwordVariable != null) {
            throw refused("--user and --password-env go with --store");
        }
        return PostgresDriver.config(ConfigFile.read(config, System.getenv())
                .store()
                .orElseThrow(() -> refused("no store is configured; set store.url and store.user, or give --store URL"))
                .settings());
    }

    private ParameterException refused(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }

    private static void print(Diagnosis diagnosis, PrintWriter out) {
        for (Finding finding : diagnosis.findings()) {
            String severity = finding.severity().name().toLowerCase(Locale.ROOT);
            out.println(severity + " ".repeat(9 - severity.length()) + Text.shown(finding.sentence()));
            if (!finding.fix().isEmpty()) {
                out.println(" ".repeat(9) + "fix: " + Text.shown(finding.fix()));
            }
        }
        if (diagnosis.tables().isEmpty()) {
            return;
        }
        out.println();
        Table table = new Table("TABLE", ">ROWS", ">DEAD", ">KIB", ">INDEX KIB", ">INSERTED", ">DELETED");
        for (Diagnosis.Table each : diagnosis.tables()) {
            table.row(
                    each.name(),
                    each.live(),
                    each.dead(),
                    each.tableBytes() >> 10,
                    each.indexBytes() >> 10,
                    each.inserted(),
                    each.deleted());
        }
        table.lines().forEach(out::println);
    }
}
