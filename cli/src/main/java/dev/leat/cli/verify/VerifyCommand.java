package dev.leat.cli.verify;

import dev.leat.api.store.Capabilities;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.cli.settings.ConfigFile;
import dev.leat.cli.settings.StoreAccess;
import dev.leat.cli.torture.ForeignStore;
import dev.leat.cli.torture.Tortured;
import dev.leat.engine.backend.Backends;
import dev.leat.engine.backend.Drivers;
import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.config.StoreConfig;
import dev.leat.verify.torture.FaultKind;
import dev.leat.verify.torture.Schedule;
import dev.leat.verify.torture.Stores;
import dev.leat.verify.torture.Torture;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code leat verify}: whether a backend keeps its promises, and how fast it is, by trying it. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Tries a backend: runs jobs on it while the processes that do are killed and cut off and call again with"
                    + " what is stale, and checks every promise.",
            "It keeps to a schema, a key prefix or a file of its own there, and removes that at the end; the server is"
                    + " not broken unless it is one of our own. Ends with 1 if a promise was broken."
        },
        footer = {
            "",
            "Examples:",
            "  leat verify --backend redis-lists",
            "  leat verify --backend cache --config leat.yaml --minutes 5",
            "  leat verify --backend jdbc:postgresql://localhost:5432/app --user app --password-env APP_PASSWORD"
        })
public final class VerifyCommand implements Callable<Integer> {
    private static final double SHORTEST = 0.1;
    private static final double LONGEST = 1_440;
    private static final int STOPPED = 130;
    /** What needs root, and is for {@code leat torture}. */
    private static final Set<FaultKind> OF_DISK = EnumSet.of(FaultKind.POWER_CUT, FaultKind.FULL_DISK);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            required = true,
            description = "A backend of the configuration (default: its store); or postgres, redis-lists or sqlite, for"
                    + " which a server is started or a file made; or a URL.")
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private String backend;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration (default: leat.yaml, if it is here).")
    private @Nullable Path config;

    @Option(names = "--user", paramLabel = "NAME", description = "Who Leat is at the URL.")
    private @Nullable String user;

    @Option(
            names = "--password-env",
            paramLabel = "NAME",
            description = "The environment variable that has the password.")
    private @Nullable String passwordVariable;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "How long there are load and faults: 0.1 to 1440 (default: ${DEFAULT-VALUE}).")
    private double minutes = 1;

    @Option(names = "--seed", paramLabel = "N", description = "Of the load and the faults (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--json", description = "Print the result as a line of JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!(minutes >= SHORTEST && minutes <= LONGEST)) {
            throw refused("--minutes is " + minutes + "; allowed: 0.1 to 1440");
        }
        Duration length = Duration.ofMillis((long) (minutes * 60_000));
        Optional<StoreConfig> foreign = foreign();
        Set<FaultKind> kinds = EnumSet.allOf(FaultKind.class);
        kinds.removeAll(OF_DISK);
        try (Interruption interruption = new Interruption();
                ScratchFolder scratch = ScratchFolder.at(null);
                Tortured place = foreign.isPresent()
                        ? apart(foreign.get())
                        : Trial.scratch(backend, scratch.path(), Map.of(), kinds, length)) {
            return run(place, kinds, length, scratch, interruption.stop);
        }
    }

    private int run(Tortured place, Set<FaultKind> kinds, Duration length, ScratchFolder scratch, CountDownLatch stop)
            throws IOException, InterruptedException {
        Capabilities capabilities;
        Speed speed;
        try (Stores stores = place.open()) {
            capabilities = stores.jobs().capabilities();
            speed = Speed.of(stores);
        }
        try {
            Trial.Came came = new Trial(place, scratch.path(), length, seed, stop)
                    .run(kinds, possible -> Schedule.of(seed, length, possible), this::progress);
            TortureReport report = new TortureReport(
                    came.result().judgement(),
                    seed,
                    came.skipped(),
                    came.result().complaints());
            told(report, capabilities, speed);
            if (!came.result().holds()) {
                keep(scratch);
                return 1;
            }
            return 0;
        } catch (Torture.TortureException e) {
            if (stop.getCount() == 0) {
                spec.commandLine().getErr().println("leat: stopped; nothing was judged, and nothing is kept");
                return STOPPED;
            }
            keep(scratch);
            throw e;
        }
    }

    /** The store of somebody else that is meant; empty if it is one of our own. */
    private Optional<StoreConfig> foreign() {
        if (backend.contains(":")) {
            return Optional.of(StoreAccess.of(spec, backend, user, passwordVariable));
        }
        if (user != null || passwordVariable != null) {
            throw refused("--user and --password-env go with a URL, and --backend is " + backend);
        }
        boolean ours = Trial.BACKENDS.contains(backend);
        if (ours && config == null) {
            return Optional.empty();
        }
        LeatConfig read = ConfigFile.read(config, System.getenv());
        Optional<StoreConfig> named = backend.equals(Backends.STANDARD)
                ? read.store()
                : Optional.ofNullable(read.backends().get(backend));
        if (named.isEmpty() && !ours) {
            Set<String> allowed = new TreeSet<>(read.backends().keySet());
            allowed.addAll(Trial.BACKENDS);
            read.store().ifPresent(store -> allowed.add(Backends.STANDARD));
            throw refused("--backend is " + backend + "; allowed: " + String.join(", ", allowed) + ", or a URL");
        }
        return named;
    }

    private static Tortured apart(StoreConfig of) {
        String name = "leat_verify_" + UUID.randomUUID().toString().substring(0, 8);
        return ForeignStore.in(Drivers.installed().driver(of.driver().orElse(null), of.url()), of.settings(), name);
    }

    private void keep(ScratchFolder scratch) {
        scratch.keep();
        spec.commandLine().getErr().println("histories and logs are kept in " + scratch.path());
    }

    private void told(TortureReport report, Capabilities capabilities, Speed speed) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(report.json(facts(capabilities, speed)));
            return;
        }
        out.println("%s, durability %s".formatted(capabilities.store(), word(capabilities.durability())));
        out.println("%,.0f jobs a second in bulk; from the call to the handler p50 %.2f ms, p99 %.2f ms at 100 a second"
                .formatted(speed.throughput(), speed.p50(), speed.p99()));
        List.of(Capability.values())
                .forEach(each -> out.println("  %-24s %s".formatted(each.word(), word(capabilities.grade(each)))));
        out.println();
        report.lines().forEach(out::println);
    }

    private static Map<String, Object> facts(Capabilities capabilities, Speed speed) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("store", capabilities.store());
        facts.put("durability", word(capabilities.durability()));
        Map<String, String> grades = new LinkedHashMap<>();
        List.of(Capability.values()).forEach(each -> grades.put(each.word(), word(capabilities.grade(each))));
        facts.put("capabilities", grades);
        facts.put("throughput", Math.round(speed.throughput()));
        facts.put("p50", speed.p50());
        facts.put("p99", speed.p99());
        return facts;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private ParameterException refused(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }

    private void progress(Torture.Progress now) {
        if (!json) {
            Trial.tell(now, spec.commandLine().getErr());
        }
    }
}
