package dev.leat.cli.jobs;

import dev.leat.api.QueueName;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.wire.AckJobs;
import dev.leat.wire.ExtendJobs;
import dev.leat.wire.HandleAnswer;
import dev.leat.wire.HandleAnswers;
import dev.leat.wire.LeatApi;
import dev.leat.wire.NackJobs;
import dev.leat.wire.ReleaseJobs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what came of jobs that {@code leat dequeue} took. */
public abstract class HandleCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "QUEUE", description = "The queue.")
    @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
    QueueName queue;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "HANDLE",
            description = "The handles that jobs were taken with.")
    @SuppressWarnings("NullAway.Init") // picocli refuses a command line without one
    List<String> handles;

    @Mixin
    final Target target = new Target();

    private final String done;

    HandleCommand(String done) {
        this.done = done;
    }

    abstract HandleAnswers ask(LeatApi api);

    @Override
    public final Integer call() {
        try (Session session = target.open()) {
            List<HandleAnswer> answers = ask(session.api()).answers();
            for (HandleAnswer answer : answers) {
                if (target.json()) {
                    target.printJson(answer);
                } else {
                    target.out().println(answer.handle() + "  " + (answer.accepted() ? done : "not held any more"));
                }
            }
            return answers.stream().allMatch(HandleAnswer::accepted) ? 0 : 1;
        }
    }

    /** {@code leat ack QUEUE HANDLE...}. */
    @Command(
            name = "ack",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Says that jobs are done that leat dequeue took.",
                "Ends with 1 if one of them is not the caller's any more."
            })
    public static final class Ack extends HandleCommand {
        Ack() {
            super("done");
        }

        @Override
        HandleAnswers ask(LeatApi api) {
            return api.ack(queue, new AckJobs(handles, null));
        }
    }

    /** {@code leat nack QUEUE HANDLE...}. */
    @Command(
            name = "nack",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Says that jobs are not done that leat dequeue took.",
                "They are tried again while they have attempts left. Ends with 1 if one of them is not the caller's"
                        + " any more."
            })
    public static final class Nack extends HandleCommand {
        @Option(names = "--discard", description = "They are not tried again, but kept as discarded.")
        private boolean discard;

        @Option(
                names = "--delay",
                paramLabel = "TIME",
                description = "How long they wait before they are tried again, such as 30s (default: 0s).")
        private @Nullable Duration delay;

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why, in a sentence, kept with them.")
        private @Nullable String reason;

        Nack() {
            super("told");
        }

        @Override
        HandleAnswers ask(LeatApi api) {
            if (discard && delay != null) {
                throw target.refused("--discard and --delay exclude each other");
            }
            Long millis = target.millis("--delay", delay, Duration.ZERO, Due.MAX_DELAY);
            return api.nack(queue, new NackJobs(handles, !discard, millis, reason));
        }
    }

    /** {@code leat release QUEUE HANDLE...}. */
    @Command(
            name = "release",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Gives jobs back that leat dequeue took and that were not begun, which costs them no attempt.",
                "Ends with 1 if one of them is not the caller's any more."
            })
    public static final class Release extends HandleCommand {
        Release() {
            super("given back");
        }

        @Override
        HandleAnswers ask(LeatApi api) {
            return api.release(queue, new ReleaseJobs(handles));
        }
    }

    /** {@code leat extend QUEUE HANDLE...}. */
    @Command(
            name = "extend",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Has jobs that leat dequeue took be the caller's for longer, from now on.",
                "Ends with 1 if one of them is not the caller's any more."
            })
    public static final class Extend extends HandleCommand {
        @Option(names = "--lease", paramLabel = "TIME", description = "How long, from 100ms to 1d (default: 30s).")
        private @Nullable Duration lease;

        Extend() {
            super("extended");
        }

        @Override
        HandleAnswers ask(LeatApi api) {
            Long millis = target.millis("--lease", lease, ClaimRequest.SHORTEST_LEASE, ClaimRequest.LONGEST_LEASE);
            return api.extend(queue, new ExtendJobs(handles, millis));
        }
    }
}
