package dev.leat.bench.program;

import dev.leat.bench.peers.PeerScenarios;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code leat bench peers}: Leat on PostgreSQL, beside other job systems on PostgreSQL. */
@Command(
        name = "peers",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures Leat beside graphile-worker, pg-boss, db-scheduler and JobRunr, each set up as its makers advise"
                    + " for speed, on the same server in the same run.",
            "--jobs is what the fastest get; slow ones get fewer, and rates are compared. Every run has a database and"
                + " a process of its own, warmed up by a fifth of the work. In drain-single there are a quarter of the"
                + " jobs.",
            "npm has to be there; at the first run it fetches graphile-worker, pg-boss and a Node for them into the"
                    + " user's cache."
        },
        footer = {
            "",
            "Scenarios: drain, drain-single, latency-20, latency-500",
            "Systems: graphile-worker-tuned, graphile-worker-default, pg-boss, db-scheduler, jobrunr",
            "Example:",
            "  leat bench peers --only drain --beside graphile-worker-tuned,pg-boss --json"
        })
final class PeersCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    @Option(
            names = "--beside",
            paramLabel = "NAME",
            split = ",",
            description = "Only these systems (default: all; see below).")
    private @Nullable Set<String> beside;

    @Mixin
    private final RunOptions options = new RunOptions();

    @Override
    public Integer call() throws Exception {
        PeerScenarios wanted = PeerScenarios.beside(named());
        return options.measure("peers", wanted.scenarios(), wanted.peers());
    }

    private Collection<String> named() {
        List<String> all = PeerScenarios.words();
        Collection<String> asked = beside == null ? all : beside;
        for (String name : asked) {
            if (!all.contains(name)) {
                throw new ParameterException(
                        spec.commandLine(), "--beside has " + name + "; allowed: " + String.join(", ", all));
            }
        }
        return asked;
    }
}
