package dev.leat.bench.program;

import dev.leat.bench.peers.PeerScenarios;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
            "Example:",
            "  leat bench peers --only drain --json"
        })
final class PeersCommand implements Callable<Integer> {
    @Mixin
    private final RunOptions options = new RunOptions();

    @Override
    public Integer call() throws Exception {
        return options.measure("peers", PeerScenarios.ALL, PeerScenarios.peers());
    }
}
