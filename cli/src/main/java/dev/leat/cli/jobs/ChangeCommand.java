package dev.leat.cli.jobs;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.QueueName;
import dev.leat.api.store.Due;
import dev.leat.cli.screen.Text;
import dev.leat.wire.ApiException;
import dev.leat.wire.JobView;
import dev.leat.wire.LeatApi;
import dev.leat.wire.MoveJob;
import dev.leat.wire.Problem;
import dev.leat.wire.ReplacePayload;
import dev.leat.wire.ReprioritiseJob;
import dev.leat.wire.RescheduleJob;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Does the same to each of several jobs, and tells of each what came of it. */
abstract class ChangeCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "ID", description = "The jobs.")
    @SuppressWarnings("NullAway.Init") // picocli refuses a command line without one
    private List<JobId> ids;

    @Mixin
    final Target target = new Target();

    /** Reads what is to be changed, and refuses what is wrong about it, before anything is asked. */
    abstract BiFunction<LeatApi, JobId, JobView> change() throws IOException;

    /** {@code leat jobs cancel ID...}. */
    @Command(
            name = "cancel",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Calls off jobs that have not started.",
                "Tells of each what came of it, and ends with 1 if one was refused."
            })
    static final class Cancel extends ChangeCommand {
        @Override
        BiFunction<LeatApi, JobId, JobView> change() {
            return LeatApi::cancel;
        }
    }

    /** {@code leat jobs retry ID...}. */
    @Command(
            name = "retry",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Makes jobs available now that were discarded or cancelled, or that wait for their time.",
                "Tells of each what came of it, and ends with 1 if one was refused."
            })
    static final class Retry extends ChangeCommand {
        @Override
        BiFunction<LeatApi, JobId, JobView> change() {
            return LeatApi::retry;
        }
    }

    /** {@code leat jobs reschedule --delay TIME ID...}. */
    @Command(
            name = "reschedule",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Has jobs that wait run at another time; at once if it has passed.",
                "Tells of each what came of it, and ends with 1 if one was refused."
            })
    static final class Reschedule extends ChangeCommand {
        @Option(names = "--delay", paramLabel = "TIME", description = "How long from now, such as 30s, 5m or 2h.")
        private @Nullable Duration delay;

        @Option(
                names = "--run-at",
                paramLabel = "INSTANT",
                description = "The earliest moment they run, such as 2026-01-31T08:00:00Z.")
        private @Nullable Instant runAt;

        @Override
        BiFunction<LeatApi, JobId, JobView> change() {
            if ((delay == null) == (runAt == null)) {
                throw target.refused("one of --delay and --run-at is needed");
            }
            RescheduleJob change =
                    new RescheduleJob(runAt, target.millis("--delay", delay, Duration.ZERO, Due.MAX_DELAY));
            return (api, id) -> api.reschedule(id, change);
        }
    }

    /** {@code leat jobs reprioritise --priority N ID...}. */
    @Command(
            name = "reprioritise",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Makes jobs that wait more or less urgent.",
                "Tells of each what came of it, and ends with 1 if one was refused."
            })
    static final class Reprioritise extends ChangeCommand {
        @Option(names = "--priority", required = true, paramLabel = "N", description = "0 (most urgent) to 9.")
        private int priority;

        @Override
        BiFunction<LeatApi, JobId, JobView> change() {
            ReprioritiseJob change = new ReprioritiseJob(priority);
            return (api, id) -> api.reprioritise(id, change);
        }
    }

    /** {@code leat jobs move --queue QUEUE ID...}. */
    @Command(
            name = "move",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Has jobs wait in another queue, for the same kind of handler.",
                "Tells of each what came of it, and ends with 1 if one was refused."
            })
    static final class Move extends ChangeCommand {
        @Option(names = "--queue", required = true, paramLabel = "QUEUE", description = "Where they wait then.")
        @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
        private QueueName queue;

        @Override
        BiFunction<LeatApi, JobId, JobView> change() {
            MoveJob change = new MoveJob(queue);
            return (api, id) -> api.move(id, change);
        }
    }

    /** {@code leat jobs replace-payload --payload JSON ID...}. */
    @Command(
            name = "replace-payload",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Has jobs that wait carry something else.",
                "Tells of each what came of it, and ends with 1 if one was refused."
            })
    static final class Replace extends ChangeCommand {
        @Option(
                names = "--payload",
                required = true,
                paramLabel = "JSON",
                description = "Sent byte for byte; - reads it from standard input.")
        @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
        private String payload;

        @Override
        BiFunction<LeatApi, JobId, JobView> change() throws IOException {
            ReplacePayload change = new ReplacePayload(EnqueueCommand.payload("--payload", payload, target));
            return (api, id) -> api.replacePayload(id, change);
        }
    }

    /** Goes on after a job that is refused; gives up when the server or its store is not there. */
    @Override
    public final Integer call() throws IOException {
        BiFunction<LeatApi, JobId, JobView> change = change();
        boolean all = true;
        try (Session session = target.open()) {
            for (JobId id : ids) {
                all &= one(id, change, session.api());
            }
        }
        return all ? 0 : 1;
    }

    private boolean one(JobId id, BiFunction<LeatApi, JobId, JobView> change, LeatApi api) {
        try {
            JobState state = change.apply(api, id).state();
            if (target.json()) {
                target.printJson(new Line(id, state, null));
            } else {
                target.out().println(id + "  " + state.word());
            }
            return true;
        } catch (ApiException e) {
            int status = e.problem().status();
            if (status != 404 && status != 409) {
                throw e;
            }
            if (target.json()) {
                target.printJson(new Line(id, null, e.problem()));
            } else {
                target.err().println(id + "  " + Text.shown(e.problem().message()));
            }
            return false;
        }
    }

    /** What came of one job, as JSON. */
    record Line(
            JobId id, @Nullable JobState state, @Nullable Problem problem) {}
}
