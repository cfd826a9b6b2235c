package dev.leat.cli.verify;

import dev.leat.cli.screen.Terminal;
import dev.leat.verify.torture.Torture;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What everybody who runs a {@link Trial} is told, and how it is run. */
final class TrialOptions {
    private static final double SHORTEST = 0.1;
    private static final double LONGEST = 1_440;
    private static final int STOPPED = 130;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "How long there are load and faults: 0.1 to 1440 (default: ${DEFAULT-VALUE}).")
    private double minutes = 1;

    @Option(names = "--seed", paramLabel = "N", description = "Of the load and the faults (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--json", description = "Print the result as a line of JSON.")
    private boolean json;

    /** What is done in a scratch folder. */
    @FunctionalInterface
    interface Body {
        /**
         * Runs and tells.
         *
         * @param stop opened by whoever wants it to end early
         * @return whether every promise was kept
         */
        boolean run(Path folder, CountDownLatch stop) throws IOException, InterruptedException;
    }

    Duration length() {
        if (!(minutes >= SHORTEST && minutes <= LONGEST)) {
            throw new ParameterException(spec.commandLine(), "--minutes is " + minutes + "; allowed: 0.1 to 1440");
        }
        return Duration.ofMillis((long) (minutes * 60_000));
    }

    long seed() {
        return seed;
    }

    boolean json() {
        return json;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /**
     * Runs it until it is over or the program is told to end, and keeps the folder if there is something in it to be looked at.
     *
     * @param wanted the folder; null for a temporary one
     * @return the program's exit code
     */
    int run(@Nullable Path wanted, Body body) throws IOException, InterruptedException {
        // Closed last, since the program then ends.
        try (Interruption interruption = new Interruption();
                ScratchFolder scratch = ScratchFolder.at(wanted)) {
            try {
                if (body.run(scratch.path(), interruption.stop)) {
                    return 0;
                }
                keep(scratch);
                return 1;
            } catch (Torture.TortureException | CancellationException e) {
                if (interruption.stop.getCount() == 0) {
                    tell("leat: stopped; nothing was judged, and nothing is kept");
                    return STOPPED;
                }
                keep(scratch);
                throw e;
            }
        }
    }

    private void keep(ScratchFolder scratch) {
        scratch.keep();
        tell("histories and logs are kept in " + scratch.path());
    }

    /** Says something beside the result. */
    void tell(String line) {
        spec.commandLine().getErr().println(line);
    }

    /** Shows how far it is, if anybody watches. */
    void progress(Torture.Progress now) {
        if (!json && Terminal.isWatched()) {
            PrintWriter err = spec.commandLine().getErr();
            err.print("\r\033[K%s: %,d jobs, %,d faults; broken now: %s"
                    .formatted(
                            now.phase(),
                            now.jobs(),
                            now.faults(),
                            now.broken().isEmpty() ? "nothing" : String.join(", ", now.broken())));
            err.flush();
        }
    }
}
