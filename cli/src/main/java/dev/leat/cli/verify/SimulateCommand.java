package dev.leat.cli.verify;

import ch.qos.logback.classic.Level;
import dev.leat.api.Checks;
import dev.leat.cli.screen.Table;
import dev.leat.cli.screen.Terminal;
import dev.leat.verify.history.Event;
import dev.leat.verify.history.MinimalHistory;
import dev.leat.verify.history.Violation;
import dev.leat.verify.simulation.Coverage;
import dev.leat.verify.simulation.Run;
import dev.leat.verify.simulation.Shrinker;
import dev.leat.verify.simulation.Simulation;
import dev.leat.verify.simulation.World;
import dev.leat.wire.WireJson;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code leat simulate}: lives of the engine on a clock of their own, with everything going wrong. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs the engine in memory through lives full of faults, and checks every promise.",
            "The same seed gives the same life. Ends with 1 if a promise was broken, and shows the few steps that"
                    + " break it."
        })
public final class SimulateCommand implements Callable<Integer> {
    private static final long MOST_RUNS = 10_000_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    @Option(names = "--seed", paramLabel = "N", description = "The first seed (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--runs",
            paramLabel = "M",
            description = "How many lives, each with the next seed: 1 to 10,000,000 (default: ${DEFAULT-VALUE}).")
    private long runs = 100;

    @Option(names = "--trace", description = "Print every step, and everything that was asked and answered.")
    private boolean trace;

    @Option(names = "--json", description = "Print the result as a line of JSON.")
    private boolean json;

    @Override
    public Integer call() {
        Checks.range("runs", runs, 1, MOST_RUNS);
        quieten();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        boolean progress = !json && Terminal.isWatched();
        Coverage all = new Coverage();
        long operations = 0;
        long jobs = 0;
        for (long next = seed; next < seed + runs; next++) {
            Run run = Simulation.run(next);
            operations += run.operations();
            jobs += run.verdict().acknowledged();
            all.addAll(run.coverage());
            if (trace) {
                run.steps().forEach(out::println);
                run.history().forEach(event -> out.print(event.line()));
            }
            if (!run.holds()) {
                tell(out, next);
                return 1;
            }
            if (progress && (next - seed) % 100 == 99) {
                err.print("\r" + (next - seed + 1) + " of " + runs + " lives");
                err.flush();
            }
        }
        if (progress) {
            err.print("\r");
        }
        sumUp(out, all, operations, jobs);
        return 0;
    }

    /** What an engine warns of is what these lives are made of. */
    private static void quieten() {
        if (System.getenv("LEAT_LOG") == null
                && LoggerFactory.getLogger("dev.leat.engine") instanceof ch.qos.logback.classic.Logger engine) {
            engine.setLevel(Level.OFF);
        }
    }

    private void sumUp(PrintWriter out, Coverage all, long operations, long jobs) {
        if (json) {
            Map<String, Object> sums = new LinkedHashMap<>();
            sums.put("seed", seed);
            sums.put("runs", runs);
            sums.put("jobs", jobs);
            sums.put("operations", operations);
            sums.put("faults", all.faultsDone());
            sums.put("violations", 0);
            sums.put("transitions", all.transitions());
            sums.put("answers", all.answers());
            sums.put("kindsOfFaults", all.faults());
            out.println(WireJson.LENIENT.writeText(sums));
            return;
        }
        out.printf(
                "%,d lives from seed %d: %,d jobs, %,d operations, %,d faults, no promise broken%n",
                runs, seed, jobs, operations, all.faultsDone());
        Table transitions = new Table("TRANSITION", ">TIMES");
        all.transitions().forEach((each, times) -> transitions.row(each.name().toLowerCase(Locale.ROOT), times));
        Table answers = new Table("ANSWER", ">TIMES");
        all.answers().forEach(answers::row);
        Table faults = new Table("FAULT", ">TIMES");
        all.faults().forEach((fault, times) -> faults.row(fault.word(), times));
        for (Table table : List.of(transitions, answers, faults)) {
            out.println();
            table.lines().forEach(out::println);
        }
    }

    private void tell(PrintWriter out, long failed) {
        Run few = Shrinker.shrink(failed, World::inMemory);
        if (json) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("seed", failed);
            result.put("violations", few.complaints());
            result.put("steps", few.steps());
            out.println(WireJson.LENIENT.writeText(result));
            return;
        }
        out.println("seed " + failed + " breaks a promise:");
        few.complaints().forEach(complaint -> out.println("  " + complaint));
        out.println("these steps are enough:");
        few.steps().forEach(step -> out.println("  " + step));
        for (Violation violation : few.verdict().violations().stream().limit(1).toList()) {
            out.println("what was asked and answered:");
            List<Event> events = MinimalHistory.of(few.history()::forEach, violation, Simulation.SLACK);
            events.forEach(event -> out.print("  " + event.line()));
        }
    }
}
