package dev.leat.cli.doctor;

import dev.leat.cli.screen.CommandGroup;
import picocli.CommandLine.Command;

/** {@code leat doctor}: examines what Leat runs on. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Examines what Leat runs on, and says what to do.",
        subcommands = {PostgresCommand.class})
public final class DoctorCommand extends CommandGroup {}
