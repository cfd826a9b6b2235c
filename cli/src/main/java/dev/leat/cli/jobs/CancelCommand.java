package dev.leat.cli.jobs;

import dev.leat.api.JobId;
import dev.leat.wire.LeatApi;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code leat jobs cancel ID...}. */
@Command(
        name = "cancel",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Calls off jobs that have not started.",
            "Tells of each what came of it, and ends with 1 if one was refused."
        })
final class CancelCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "ID", description = "The jobs.")
    @SuppressWarnings("NullAway.Init") // picocli refuses a command line without one
    private List<JobId> ids;

    @Mixin
    private final Target target = new Target();

    @Override
    public Integer call() {
        return new ChangedJobs(target, ids).each(LeatApi::cancel);
    }
}
