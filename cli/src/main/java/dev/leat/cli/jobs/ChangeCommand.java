package dev.leat.cli.jobs;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.cli.screen.Text;
import dev.leat.wire.ApiException;
import dev.leat.wire.JobView;
import dev.leat.wire.LeatApi;
import dev.leat.wire.Problem;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Does the same to each of several jobs, and tells of each what came of it. */
class ChangeCommand implements Callable<Integer> {
    private final BiFunction<LeatApi, JobId, JobView> change;

    @Parameters(arity = "1..*", paramLabel = "ID", description = "The jobs.")
    @SuppressWarnings("NullAway.Init") // picocli refuses a command line without one
    private List<JobId> ids;

    @Mixin
    private final Target target = new Target();

    private ChangeCommand(BiFunction<LeatApi, JobId, JobView> change) {
        this.change = change;
    }

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
        Cancel() {
            super(LeatApi::cancel);
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
        Retry() {
            super(LeatApi::retry);
        }
    }

    /** Goes on after a job that is refused; gives up when the server or its store is not there. */
    @Override
    public final Integer call() {
        boolean all = true;
        try (Session session = target.open()) {
            for (JobId id : ids) {
                all &= one(id, session.api());
            }
        }
        return all ? 0 : 1;
    }

    private boolean one(JobId id, LeatApi api) {
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
