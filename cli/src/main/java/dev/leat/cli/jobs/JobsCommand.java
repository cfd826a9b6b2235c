package dev.leat.cli.jobs;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code leat jobs}: what there is to do with jobs that are there. */
@Command(
        name = "jobs",
        mixinStandardHelpOptions = true,
        description = "Lists jobs, shows one, cancels and retries them.",
        subcommands = {ListCommand.class, ShowCommand.class, CancelCommand.class, RetryCommand.class})
public final class JobsCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
