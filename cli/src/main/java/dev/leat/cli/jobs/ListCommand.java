package dev.leat.cli.jobs;

import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.cli.screen.Ages;
import dev.leat.cli.screen.Table;
import dev.leat.cli.screen.Text;
import dev.leat.wire.JobFilter;
import dev.leat.wire.JobHeadView;
import dev.leat.wire.JobPage;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code leat jobs list}: page by page, so that it needs no more memory for a million jobs than for a hundred. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {"Lists jobs, newest first.", "With --json one line for each job."},
        footer = {"", "Example:", "  leat jobs list --state discarded,retryable --queue mail"})
final class ListCommand implements Callable<Integer> {
    private static final int ERROR_WIDTH = 60;

    @Option(names = "--queue", paramLabel = "QUEUE", description = "Only this queue.")
    private @Nullable QueueName queue;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            split = ",",
            description = "Only these states, separated by commas: scheduled, available, running, retryable, completed,"
                    + " discarded, cancelled.")
    private List<JobState> states = List.of();

    @Option(names = "--kind", paramLabel = "KIND", description = "Only this kind.")
    private @Nullable KindName kind;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "The most jobs to list (default: 50).")
    private long limit;

    @Option(names = "--all", description = "All of them.")
    private boolean all;

    @Mixin
    private final Target target = new Target();

    @Override
    public Integer call() {
        if (limit < 1) {
            throw target.refused("--limit is " + limit + "; allowed: a whole number from 1 on, or --all");
        }
        Set<JobState> wanted = states.isEmpty() ? Set.of() : EnumSet.copyOf(states);
        long left = all ? Long.MAX_VALUE : limit;
        String cursor = null;
        boolean first = true;
        try (Session session = target.open()) {
            do {
                JobPage page = session.api()
                        .jobs(new JobFilter(queue, kind, wanted, cursor, (int) Math.min(left, JobFilter.MOST)));
                print(page.jobs(), first);
                left -= page.jobs().size();
                cursor = page.next();
                first = false;
            } while (cursor != null && left > 0);
        }
        if (cursor != null && !target.json()) {
            target.err().println("There are more; see them with --limit or --all.");
        }
        return 0;
    }

    private void print(List<JobHeadView> jobs, boolean first) {
        if (target.json()) {
            jobs.forEach(target::printJson);
            return;
        }
        if (jobs.isEmpty() && first) {
            target.out().println("no jobs");
            return;
        }
        Ages ages = Ages.fromNow();
        Table table = new Table("ID", "QUEUE", "KIND", "STATE", ">ATTEMPT", "WHEN", "ERROR");
        for (JobHeadView job : jobs) {
            table.row(
                    job.id(),
                    job.queue(),
                    job.kind(),
                    job.state().word(),
                    job.attempt() + "/" + job.maxAttempts(),
                    when(job, ages),
                    job.error() == null ? "" : Text.cut(job.error(), ERROR_WIDTH));
        }
        List<String> lines = table.lines();
        target.print(first ? lines : lines.subList(1, lines.size()));
    }

    /** The moment that says most about a job in its state. */
    private static String when(JobHeadView job, Ages ages) {
        return ages.of(
                switch (job.state()) {
                    case SCHEDULED, RETRYABLE -> job.dueAt();
                    case AVAILABLE -> job.createdAt();
                    case RUNNING -> job.startedAt();
                    case COMPLETED, DISCARDED, CANCELLED -> job.finishedAt();
                });
    }
}
