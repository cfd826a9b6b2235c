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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
    /** What needs root, and is for {@code leat torture}. */
    private static final Set<FaultKind> OF_DISK = EnumSet.of(FaultKind.POWER_CUT, FaultKind.FULL_DISK);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            required = true,
            description = "A backend of the configuration, default for its store; or a URL; or, if no backend there is"
                    + " called so, postgres, redis-lists, redis-streams, sqlite or kv, for which a server is started or"
                    + " files are made.")
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

    @Mixin
    private final TrialOptions trial = new TrialOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Duration length = trial.length();
        Optional<StoreConfig> foreign = foreign();
        Set<FaultKind> kinds = EnumSet.allOf(FaultKind.class);
        kinds.removeAll(OF_DISK);
        return trial.run(null, (folder, stop) -> {
            if (foreign.isEmpty()) {
                try (Tortured own = Trial.scratch(backend, folder, Map.of(), kinds, length)) {
                    return tried(new Trial(own, folder, length, trial.seed(), stop), kinds, "one of our own");
                }
            }
            try (ForeignStore part = apart(foreign.get())) {
                trial.tell("trying the backend in " + part.name() + ", which is removed at the end");
                return tried(new Trial(part, folder, length, trial.seed(), stop), kinds, part.name());
            }
        });
    }

    private boolean tried(Trial of, Set<FaultKind> kinds, String place) throws IOException, InterruptedException {
        Capabilities capabilities;
        Speed speed;
        try (Stores stores = of.place().open()) {
            capabilities = stores.jobs().capabilities();
            speed = Speed.of(stores, of.stop());
        }
        Trial.Came came = of.run(kinds, possible -> Schedule.of(of.seed(), of.length(), possible), trial::progress);
        TortureReport report = new TortureReport(
                came.result().judgement(),
                of.seed(),
                came.skipped(),
                came.result().complaints());
        told(report, place, capabilities, speed);
        return came.result().holds();
    }

    /** The store of somebody else that is meant; empty if it is one of our own. */
    private Optional<StoreConfig> foreign() {
        if (backend.contains(":")) {
            return Optional.of(StoreAccess.of(spec, backend, user, passwordVariable));
        }
        if (user != null || passwordVariable != null) {
            throw refused("--user and --password-env go with a URL, and --backend is " + backend);
        }
        LeatConfig read = ConfigFile.read(config, System.getenv());
        Optional<StoreConfig> named = backend.equals(Backends.STANDARD)
                ? read.store()
                : Optional.ofNullable(read.backends().get(backend));
        if (named.isEmpty() && (config != null || !Trial.BACKENDS.contains(backend))) {
            Set<String> allowed = new TreeSet<>(read.backends().keySet());
            read.store().ifPresent(store -> allowed.add(Backends.STANDARD));
            if (config == null) {
                allowed.addAll(Trial.BACKENDS);
            }
            throw refused("--backend is " + backend + "; allowed: " + String.join(", ", allowed) + ", or a URL");
        }
        return named;
    }

    private static ForeignStore apart(StoreConfig of) {
        String name = "leat_verify_" + UUID.randomUUID().toString().substring(0, 8);
        return ForeignStore.in(Drivers.installed().driver(of.driver().orElse(null), of.url()), of.settings(), name);
    }

    private void told(TortureReport report, String place, Capabilities capabilities, Speed speed) {
        PrintWriter out = trial.out();
        if (trial.json()) {
            out.println(report.json(facts(place, capabilities, speed)));
            return;
        }
        out.println("%s (%s), durability %s".formatted(capabilities.store(), place, word(capabilities.durability())));
        out.println("%,.0f jobs a second in bulk; from the call to the handler p50 %.2f ms, p99 %.2f ms at 100 a second"
                .formatted(speed.throughput(), speed.p50(), speed.p99()));
        List.of(Capability.values())
                .forEach(each -> out.println("  %-24s %s".formatted(each.word(), word(capabilities.grade(each)))));
        out.println();
        report.lines().forEach(out::println);
    }

    private static Map<String, Object> facts(String place, Capabilities capabilities, Speed speed) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("place", place);
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
}
