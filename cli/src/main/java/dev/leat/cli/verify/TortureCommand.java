package dev.leat.cli.verify;

import dev.leat.cli.torture.Tortured;
import dev.leat.cli.torture.TorturedEmbedded;
import dev.leat.cli.torture.TorturedPostgres;
import dev.leat.verify.torture.FaultKind;
import dev.leat.verify.torture.Judgement;
import dev.leat.verify.torture.Schedule;
import dev.leat.verify.torture.Torture;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code leat torture}: load and faults on a store of its own, and the judgement of what was recorded. */
@Command(
        name = "torture",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs jobs on a scratch store while processes are killed and stopped and the store breaks, and checks"
                    + " every promise.",
            "The same seed gives the same load and the same faults, but not the same moments. Ends with 1 if a promise"
                    + " was broken."
        },
        footer = {"", "Example:", "  leat torture --minutes 2 --seed 7"})
public final class TortureCommand implements Callable<Integer> {
    private static final int MOST_POWER_CUTS = 10_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "The store: postgres (default), redis-lists, redis-streams, sqlite or kv.")
    private String backend = TorturedPostgres.BACKEND;

    @Mixin
    private final TrialOptions trial = new TrialOptions();

    @Option(
            names = "--faults",
            paramLabel = "KIND",
            split = ",",
            description = "Only these kinds of faults (default: all that can be brought about here).")
    private @Nullable Set<String> faults;

    @Option(
            names = "--power-cuts",
            paramLabel = "N",
            description = "So many power cuts instead of those that the seed has, evenly over the time: 0 to 10,000.")
    private @Nullable Integer powerCuts;

    @Option(
            names = "--setting",
            paramLabel = "NAME=VALUE",
            description =
                    "A setting of the server, such as synchronous_commit=off of PostgreSQL or appendfsync=everysec"
                            + " of Redis; may be given again.")
    private Map<String, String> settings = Map.of();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where database and histories are kept; new or empty (default: a temporary folder, which is"
                    + " kept only if a promise was broken).")
    private @Nullable Path data;

    @Option(
            names = "--judge",
            paramLabel = "DIR",
            description = "Break nothing, and judge the histories in this folder once more.")
    private @Nullable Path judge;

    @Override
    public Integer call() throws Exception {
        check();
        Set<FaultKind> kinds = kinds();
        if (judge != null) {
            Judgement judgement = Judgement.of(judge, Torture.SLACK);
            if (judgement.verdict().jobs() == 0) {
                throw new IllegalArgumentException("the histories in " + judge + " tell of no job");
            }
            return told(new Torture.Result(judgement, List.of()), Map.of()) ? 0 : 1;
        }
        Duration length = trial.length();
        return trial.run(data, (folder, stop) -> run(folder, kinds, length, stop));
    }

    private void check() {
        if (!Trial.BACKENDS.contains(backend)) {
            throw refused("--backend is " + backend + "; allowed: " + String.join(", ", Trial.BACKENDS));
        }
        if (TorturedEmbedded.BACKENDS.contains(backend) && !settings.isEmpty()) {
            throw refused("--setting is for servers, and --backend is " + backend);
        }
        if (powerCuts != null && (powerCuts < 0 || powerCuts > MOST_POWER_CUTS)) {
            throw refused("--power-cuts is " + powerCuts + "; allowed: 0 to 10000");
        }
        try {
            if (backend.equals(TorturedPostgres.BACKEND)) {
                TorturedPostgres.check(settings);
            }
        } catch (IllegalArgumentException e) {
            throw refused("--setting: " + e.getMessage());
        }
    }

    private Schedule schedule(Set<FaultKind> possible, Duration length) {
        if (powerCuts == null) {
            return Schedule.of(trial.seed(), length, possible);
        }
        Set<FaultKind> others = EnumSet.noneOf(FaultKind.class);
        others.addAll(possible);
        boolean cuts = others.remove(FaultKind.POWER_CUT);
        return Schedule.of(trial.seed(), length, others).with(FaultKind.POWER_CUT, cuts ? powerCuts : 0, length);
    }

    private ParameterException refused(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }

    private Set<FaultKind> kinds() {
        if (faults == null) {
            return EnumSet.allOf(FaultKind.class);
        }
        Set<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
        faults.forEach(word -> kinds.add(kind(word)));
        if (powerCuts != null && powerCuts > 0) {
            kinds.add(FaultKind.POWER_CUT);
        }
        return kinds;
    }

    private FaultKind kind(String word) {
        return FaultKind.of(word)
                .orElseThrow(() -> refused("--faults has " + word + "; allowed: "
                        + Arrays.stream(FaultKind.values()).map(FaultKind::word).collect(Collectors.joining(", "))));
    }

    private boolean run(Path folder, Set<FaultKind> kinds, Duration length, CountDownLatch stop)
            throws IOException, InterruptedException {
        Trial.Came came;
        try (Tortured place = Trial.scratch(backend, folder, settings, kinds, length)) {
            came = new Trial(place, folder, length, trial.seed(), stop)
                    .run(kinds, possible -> schedule(possible, length), trial::progress);
        }
        return told(came.result(), came.skipped());
    }

    private boolean told(Torture.Result result, Map<FaultKind, String> skipped) {
        TortureReport report = new TortureReport(result.judgement(), trial.seed(), skipped, result.complaints());
        if (trial.json()) {
            trial.out().println(report.json());
        } else {
            report.lines().forEach(trial.out()::println);
        }
        return result.holds();
    }
}
