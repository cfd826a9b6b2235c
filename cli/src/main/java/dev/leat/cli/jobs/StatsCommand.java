package dev.leat.cli.jobs;

import dev.leat.api.JobState;
import dev.leat.cli.screen.Table;
import dev.leat.cli.screen.Text;
import dev.leat.wire.Stats;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code leat stats}: the whole at a glance. */
@Command(
        name = "stats",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Shows the whole at a glance: the store, its health, and how many jobs are in each state.")
public final class StatsCommand implements Runnable {
    @Mixin
    private final Target target = new Target();

    @Override
    public void run() {
        try (Session session = target.open()) {
            Stats stats = session.api().stats();
            if (target.json()) {
                target.printJson(stats);
            } else {
                print(stats);
            }
        }
    }

    private void print(Stats stats) {
        target.out()
                .println(Text.shown("Leat " + stats.version() + " on " + stats.store() + ", "
                        + stats.health().name().toLowerCase(Locale.ROOT) + ": " + stats.healthDetail()));
        Table table = new Table("STATE", ">JOBS");
        for (JobState state : JobState.values()) {
            table.row(state.word(), stats.jobs().of(state));
        }
        target.print(table.lines());
        target.out().println("in " + stats.queues() + (stats.queues() == 1 ? " queue" : " queues"));
    }
}
