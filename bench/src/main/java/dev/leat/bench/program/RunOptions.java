package dev.leat.bench.program;

import dev.leat.bench.Bench;
import dev.leat.bench.Report;
import dev.leat.bench.Runs;
import dev.leat.bench.Sample;
import dev.leat.bench.Scenario;
import dev.leat.bench.Server;
import dev.leat.bench.Sizes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every bench can be told, and how it then goes through its scenarios. */
final class RunOptions {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    @Option(
            names = "--only",
            paramLabel = "NAME",
            split = ",",
            description = "Only these scenarios (default: all; see below).")
    private @Nullable Set<String> only;

    @Option(names = "--jobs", paramLabel = "N", description = "Jobs in each run (default: ${DEFAULT-VALUE}).")
    private int jobs = 200_000;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Length of each run that is measured by time (default: ${DEFAULT-VALUE}).")
    private double seconds = 5;

    @Option(
            names = "--backlog",
            paramLabel = "N",
            description = "Jobs that wait, and as many in the history, in scenario backlog (default: as --jobs).")
    private @Nullable Integer backlog;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "How long a snapshot is held in scenario held-snapshot (default: ${DEFAULT-VALUE}).")
    private double minutes = 1;

    @Option(names = "--rate", paramLabel = "N", description = "Jobs a second meanwhile (default: ${DEFAULT-VALUE}).")
    private int rate = 10_000;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "Runs of each that count, in turns (default: ${DEFAULT-VALUE}).")
    private int runs = 3;

    @Option(
            names = "--warmups",
            paramLabel = "N",
            description = "Runs of each before, which do not count (default: ${DEFAULT-VALUE}).")
    private int warmups = 1;

    @Option(
            names = "--repeats",
            paramLabel = "N",
            description = "Times that a run is repeated because others disturbed it (default: ${DEFAULT-VALUE}).")
    private int repeats = 3;

    @Option(
            names = "--setting",
            paramLabel = "NAME=VALUE",
            description = "A setting of PostgreSQL, such as wal_sync_method=open_datasync; may be given again.")
    private Map<String, String> settings = Map.of();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where the database is kept; new or empty (default: a temporary folder, deleted at the end).")
    private @Nullable Path data;

    @Option(names = "--json", description = "Print the result as a line of JSON, with every run.")
    private boolean json;

    /** Has the help of a command name its scenarios, before its example. */
    static void describe(CommandSpec spec, List<Scenario> all) {
        List<String> footer = new ArrayList<>(List.of("", "Scenarios:"));
        int longest = all.stream().mapToInt(each -> each.name().length()).max().orElse(0);
        all.forEach(each ->
                footer.add("  " + each.name() + " ".repeat(longest - each.name().length()) + "  "
                        + each.title().replace("%", "%%")));
        footer.addAll(List.of(spec.usageMessage().footer()));
        spec.usageMessage().footer(footer.toArray(String[]::new));
    }

    /**
     * Measures them one after the other, and tells of each. One that fails does not keep the others from being measured.
     *
     * @return the exit code
     */
    int measure(String bench, List<Scenario> all) throws Exception {
        return measure(bench, all, Map.of());
    }

    /** As above, with more facts for the report, such as the versions of what is compared. */
    int measure(String bench, List<Scenario> all, Map<String, String> more) throws Exception {
        Sizes sizes = sizes();
        List<Scenario> wanted = wanted(all);
        try (Server server = Server.start(data, settings)) {
            Map<String, String> facts = facts(server);
            facts.putAll(more);
            Report report = new Report(bench, facts, sizes);
            tell(report.head());
            for (Scenario scenario : wanted) {
                measure(scenario, new Bench(server, sizes, this::ran), report);
            }
            tell(report.foot());
            if (json) {
                spec.commandLine().getOut().println(report.json());
            }
            return report.isComplete() ? 0 : 1;
        }
    }

    private Sizes sizes() {
        try {
            return new Sizes(
                    jobs,
                    Duration.ofMillis(Math.round(seconds * 1_000)),
                    runs,
                    warmups,
                    repeats,
                    backlog == null ? jobs : backlog,
                    Duration.ofMillis(Math.round(minutes * 60_000)),
                    rate);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
        }
    }

    private List<Scenario> wanted(List<Scenario> all) {
        Set<String> names = all.stream().map(Scenario::name).collect(Collectors.toSet());
        Set<String> asked = only == null ? names : only;
        for (String name : asked) {
            if (!names.contains(name)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--only has " + name + "; allowed: "
                                + all.stream().map(Scenario::name).collect(Collectors.joining(", ")));
            }
        }
        return all.stream().filter(each -> asked.contains(each.name())).toList();
    }

    private Map<String, String> facts(Server server) throws Exception {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "command",
                "leat bench "
                        + String.join(" ", spec.commandLine().getParseResult().originalArgs()));
        Checkout.version().ifPresent(version -> facts.put("leat", version));
        facts.put("postgresql", server.version());
        server.settings().forEach(facts::put);
        facts.put("CPU times", server.measuresCpu() ? "measured" : "not measured: there is no /proc");
        return facts;
    }

    private void measure(Scenario scenario, Bench bench, Report report) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(scenario.name() + ": " + scenario.title());
        try {
            report.add(scenario, scenario.measure(bench));
        } catch (Exception e) {
            String why = e.getMessage() == null ? e.toString() : e.getMessage();
            report.failed(scenario, why);
            err.println("leat: " + scenario.name() + " failed: " + why);
            if (System.getenv("LEAT_DEBUG") != null) {
                e.printStackTrace(err);
            }
        }
        tell(report.lines(scenario));
    }

    private void ran(String contender, Runs.Kind kind, Sample sample) {
        String values = sample.values().entrySet().stream()
                .map(each -> String.format(
                        Locale.ROOT,
                        "%,." + each.getKey().decimals() + "f %s",
                        each.getValue(),
                        each.getKey().title()))
                .collect(Collectors.joining(", "));
        String told = switch (kind) {
            case WARM_UP -> " (warm-up)";
            case REPEATED -> " (disturbed by other processes, to be repeated)";
            case COUNTED -> "";
        };
        spec.commandLine().getErr().println("  " + contender + told + ": " + values);
    }

    private void tell(List<String> lines) {
        if (!json) {
            lines.forEach(spec.commandLine().getOut()::println);
        }
    }
}
