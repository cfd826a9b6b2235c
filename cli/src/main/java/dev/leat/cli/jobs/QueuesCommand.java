package dev.leat.cli.jobs;

import dev.leat.api.QueueName;
import dev.leat.cli.screen.CommandGroup;
import dev.leat.cli.screen.Table;
import dev.leat.cli.screen.Text;
import dev.leat.wire.LeatApi;
import dev.leat.wire.QueueFilter;
import dev.leat.wire.QueuePage;
import dev.leat.wire.QueueRoute;
import dev.leat.wire.QueueView;
import dev.leat.wire.RouteQueue;
import dev.leat.wire.StateCounts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code leat queues}: what there is to do with whole queues. */
@Command(
        name = "queues",
        mixinStandardHelpOptions = true,
        description = "Lists queues, pauses and resumes them, and says where they are kept.",
        subcommands = {
            QueuesCommand.ListQueues.class,
            QueuesCommand.PauseQueue.class,
            QueuesCommand.ResumeQueue.class,
            QueuesCommand.RouteToBackend.class
        })
public final class QueuesCommand extends CommandGroup {
    private static void print(Target target, List<QueueView> queues) {
        Table table = new Table(
                "QUEUE",
                "BACKEND",
                "PAUSED",
                ">SCHEDULED",
                ">AVAILABLE",
                ">RUNNING",
                ">RETRYABLE",
                ">COMPLETED",
                ">DISCARDED",
                ">CANCELLED");
        for (QueueView queue : queues) {
            StateCounts jobs = queue.jobs();
            table.row(
                    queue.name(),
                    queue.backend(),
                    queue.paused() ? "yes" : "no",
                    jobs.scheduled(),
                    jobs.available(),
                    jobs.running(),
                    jobs.retryable(),
                    jobs.completed(),
                    jobs.discarded(),
                    jobs.cancelled());
        }
        target.print(table.lines());
    }

    /** {@code leat queues list}. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Lists all queues with how many of their jobs are in each state.",
                "With --json one line for each queue."
            })
    static final class ListQueues implements Runnable {
        @Mixin
        private final Target target = new Target();

        @Override
        public void run() {
            try (Session session = target.open()) {
                List<QueueView> queues = all(session.api());
                if (target.json()) {
                    queues.forEach(target::printJson);
                } else if (queues.isEmpty()) {
                    target.out().println("no queues; one comes to be with its first job");
                } else {
                    print(target, queues);
                }
            }
        }
    }

    private static List<QueueView> all(LeatApi api) {
        QueuePage page = api.queues(QueueFilter.FIRST);
        List<QueueView> queues = new ArrayList<>(page.queues());
        while (page.next() != null) {
            page = api.queues(new QueueFilter(page.next(), QueueFilter.MOST));
            queues.addAll(page.queues());
        }
        return queues;
    }

    /** Has a queue be in one state or the other, and shows it then. */
    static class Switch implements Runnable {
        private final BiFunction<LeatApi, QueueName, QueueView> turn;

        @Parameters(index = "0", paramLabel = "QUEUE", description = "The queue.")
        @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
        private QueueName queue;

        @Mixin
        private final Target target = new Target();

        Switch(BiFunction<LeatApi, QueueName, QueueView> turn) {
            this.turn = turn;
        }

        @Override
        public final void run() {
            try (Session session = target.open()) {
                tell(target, turn.apply(session.api(), queue));
            }
        }
    }

    /** {@code leat queues pause QUEUE}. */
    @Command(
            name = "pause",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Has no worker take jobs from a queue any more. What runs goes on.")
    static final class PauseQueue extends Switch {
        PauseQueue() {
            super(LeatApi::pause);
        }
    }

    /** {@code leat queues resume QUEUE}. */
    @Command(
            name = "resume",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Has workers take jobs from a queue again.")
    static final class ResumeQueue extends Switch {
        ResumeQueue() {
            super(LeatApi::resume);
        }
    }

    /** {@code leat queues route QUEUE BACKEND}. */
    @Command(
            name = "route",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Has the new jobs of a queue go into another backend, from some seconds later on.",
                "Those that it has stay where they are, and run from there. To undo it, route the queue back."
            },
            footer = {"", "Example:", "  leat queues route audit archive"})
    static final class RouteToBackend implements Runnable {
        @Parameters(index = "0", paramLabel = "QUEUE", description = "The queue.")
        @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
        private QueueName queue;

        @Parameters(index = "1", paramLabel = "BACKEND", description = "The backend; leat backends lists them.")
        @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
        private String backend;

        @Mixin
        private final Target target = new Target();

        @Override
        public void run() {
            try (Session session = target.open()) {
                QueueRoute route = session.api().route(queue, new RouteQueue(backend));
                if (target.json()) {
                    target.printJson(route);
                } else {
                    Instant since = route.since();
                    target.out()
                            .println(Text.shown(route.queue() + "  in " + route.backend()
                                    + (since == null ? ", as before" : " from " + since + " on")));
                }
            }
        }
    }

    private static void tell(Target target, QueueView queue) {
        if (target.json()) {
            target.printJson(queue);
        } else {
            target.out()
                    .println(queue.name() + (queue.paused() ? "  paused; " : "  not paused; ")
                            + queue.jobs().available() + " available, "
                            + queue.jobs().running() + " running");
        }
    }
}
