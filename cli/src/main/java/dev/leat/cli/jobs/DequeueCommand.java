package dev.leat.cli.jobs;

import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.api.store.ClaimRequest;
import dev.leat.cli.screen.Table;
import dev.leat.wire.Content;
import dev.leat.wire.DequeueJobs;
import dev.leat.wire.DequeuedJob;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat dequeue}: takes jobs for scripts that run them. */
@Command(
        name = "dequeue",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Takes jobs from a queue, for a script that runs them by itself.",
            "They are the caller's until their lease ends; before that, tell what came of them with leat ack, nack,"
                    + " release or extend and the handle that is shown, or they come back as after a crash. With --json"
                    + " one line for each job. Ends with 1 if there was no job."
        },
        footer = {"", "Example:", "  leat dequeue mail --kind send --count 10 --wait 20s --json"})
public final class DequeueCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "QUEUE", description = "The queue.")
    @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
    private QueueName queue;

    @Option(
            names = "--kind",
            split = ",",
            paramLabel = "KIND",
            description = "Only of these kinds, separated by commas (default: message).")
    private @Nullable List<KindName> kinds;

    @Option(names = "--count", paramLabel = "N", description = "The most jobs to take, 1 to 1000 (default: 1).")
    private @Nullable Integer count;

    @Option(names = "--wait", paramLabel = "TIME", description = "How long to wait for a job, up to 20s (default: 0s).")
    private @Nullable Duration wait;

    @Option(
            names = "--lease",
            paramLabel = "TIME",
            description = "How long the jobs are the caller's, from 100ms to 1d (default: 30s).")
    private @Nullable Duration lease;

    @Mixin
    private final Target target = new Target();

    @Override
    public Integer call() {
        DequeueJobs wanted = new DequeueJobs(
                kinds,
                count,
                target.millis("--wait", wait, Duration.ZERO, Duration.ofMillis(DequeueJobs.LONGEST_WAIT_MILLIS)),
                target.millis("--lease", lease, ClaimRequest.SHORTEST_LEASE, ClaimRequest.LONGEST_LEASE));
        try (Session session = target.open()) {
            List<DequeuedJob> jobs = session.api().dequeue(queue, wanted).jobs();
            if (target.json()) {
                jobs.forEach(target::printJson);
            } else if (!jobs.isEmpty()) {
                print(jobs);
            }
            return jobs.isEmpty() ? 1 : 0;
        }
    }

    private void print(List<DequeuedJob> jobs) {
        Table table = new Table("HANDLE", "KIND", ">ATTEMPT", "HELD UNTIL", "PAYLOAD");
        for (DequeuedJob job : jobs) {
            table.row(job.handle(), job.kind(), job.attempt() + "/" + job.maxAttempts(), job.heldUntil(), shown(job));
        }
        target.print(table.lines());
    }

    private static String shown(DequeuedJob job) {
        Content payload = job.payload();
        return payload.text() == null ? payload.size() + " bytes" : payload.text();
    }
}
