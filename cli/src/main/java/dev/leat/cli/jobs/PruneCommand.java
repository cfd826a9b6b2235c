package dev.leat.cli.jobs;

import dev.leat.cli.screen.Terminal;
import dev.leat.wire.LeatApi;
import dev.leat.wire.PruneAnswer;
import dev.leat.wire.PruneJobs;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code leat prune}: what nodes do by themselves, now. */
@Command(
        name = "prune",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Removes jobs that ended longer ago than they are kept, which nodes that work do by themselves within a"
                    + " day.",
            "How long that is the server says, or the retention of --config. It can be interrupted, and run again."
        })
public final class PruneCommand implements Runnable {
    private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(2);

    @Option(names = "--dry-run", description = "Only tell how many there are.")
    private boolean dryRun;

    @Mixin
    private final Target target = new Target();

    @Override
    public void run() {
        if (target.isStore()) {
            throw target.refused("--store does not say how long jobs are kept; allowed: --server, or --config");
        }
        try (Session session = target.open()) {
            PruneAnswer answer = dryRun ? session.api().prune(PruneJobs.DRY_RUN) : all(session.api());
            if (target.json()) {
                target.printJson(answer);
            } else {
                target.out().println(shown(answer) + (dryRun ? " would be removed" : " removed"));
            }
        }
    }

    private PruneAnswer all(LeatApi api) {
        boolean watched = !target.json() && Terminal.isWatched();
        long toldAt = System.nanoTime();
        PruneAnswer all = api.prune(PruneJobs.BEGIN);
        while (all.more()) {
            if (watched && System.nanoTime() - toldAt >= TELL_NANOS) {
                toldAt = System.nanoTime();
                target.err().println(shown(all) + " removed so far");
            }
            PruneAnswer next = api.prune(PruneJobs.GO_ON);
            all = new PruneAnswer(
                    all.completed() + next.completed(),
                    all.discarded() + next.discarded(),
                    all.cancelled() + next.cancelled(),
                    next.more());
        }
        return all;
    }

    private static String shown(PruneAnswer jobs) {
        return String.format(
                Locale.ROOT,
                "%,d completed, %,d discarded and %,d cancelled jobs",
                jobs.completed(),
                jobs.discarded(),
                jobs.cancelled());
    }
}
