package dev.leat.cli.jobs;

import dev.leat.cli.screen.CommandGroup;
import picocli.CommandLine.Command;

/** {@code leat jobs}: what there is to do with jobs that are there. */
@Command(
        name = "jobs",
        mixinStandardHelpOptions = true,
        description = "Lists jobs, shows one, cancels, retries and amends them.",
        subcommands = {
            ListCommand.class,
            ShowCommand.class,
            ChangeCommand.Cancel.class,
            ChangeCommand.Retry.class,
            ChangeCommand.Reschedule.class,
            ChangeCommand.Reprioritise.class,
            ChangeCommand.Move.class,
            ChangeCommand.Replace.class
        })
public final class JobsCommand extends CommandGroup {}
