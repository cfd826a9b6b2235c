package dev.leat.cli;

import dev.leat.api.InvalidValueException;
import dev.leat.cli.demo.DemoCommand;
import dev.leat.cli.demo.DemoWorker;
import dev.leat.cli.doctor.DoctorCommand;
import dev.leat.cli.jobs.BackendsCommand;
import dev.leat.cli.jobs.DequeueCommand;
import dev.leat.cli.jobs.EnqueueCommand;
import dev.leat.cli.jobs.HandleCommand;
import dev.leat.cli.jobs.JobsCommand;
import dev.leat.cli.jobs.PruneCommand;
import dev.leat.cli.jobs.QueuesCommand;
import dev.leat.cli.jobs.StatsCommand;
import dev.leat.cli.node.DevCommand;
import dev.leat.cli.node.ServerCommand;
import dev.leat.cli.node.TrainCommand;
import dev.leat.cli.node.Version;
import dev.leat.cli.screen.CommandGroup;
import dev.leat.cli.screen.Output;
import dev.leat.cli.screen.Text;
import dev.leat.cli.settings.ConfigCommand;
import dev.leat.cli.torture.TortureNode;
import dev.leat.cli.verify.SimulateCommand;
import dev.leat.cli.verify.TortureCommand;
import dev.leat.cli.verify.VerifyCommand;
import dev.leat.engine.config.ConfigException;
import dev.leat.wire.ApiException;
import dev.leat.wire.Problem;
import dev.leat.wire.WireJson;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The program {@code leat}: reads the command line and hands over to one command.
 *
 * <p>Exit codes: 0 done, 1 the command failed or was refused, 2 the command line or a file of jobs was not understood, 130 it
 * was interrupted, 141 nobody reads the output any more. What went wrong is told on standard error: as {@code leat: } and a sentence, or after {@code --json}
 * as a {@link Problem}.
 */
@Command(
        name = "leat",
        description = "Runs background jobs durably, on the storage you already have.",
        mixinStandardHelpOptions = true,
        subcommands = {
            DevCommand.class,
            ServerCommand.class,
            EnqueueCommand.class,
            DequeueCommand.class,
            HandleCommand.Ack.class,
            HandleCommand.Nack.class,
            HandleCommand.Release.class,
            HandleCommand.Extend.class,
            JobsCommand.class,
            QueuesCommand.class,
            StatsCommand.class,
            BackendsCommand.class,
            PruneCommand.class,
            ConfigCommand.class,
            DoctorCommand.class,
            CompletionCommand.class,
            DemoCommand.class,
            SimulateCommand.class,
            TortureCommand.class,
            VerifyCommand.class,
            BenchCommand.class,
            DemoWorker.class,
            TortureNode.class,
            TrainCommand.class
        })
public final class Main extends CommandGroup {
    /** What a shell says of a process that a broken pipe ended. */
    private static final int READER_GONE = 141;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(Output.standard(), new PrintWriter(System.err, true, System.err.charset()), args));
    }

    /** Runs one command line; what main would exit with is returned instead. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return program().setOut(out).setErr(err).execute(args);
    }

    static CommandLine program() {
        CommandLine program = new CommandLine(new Main());
        versioned(program);
        return Values.readBy(program)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(Main::executed)
                .setExecutionExceptionHandler(Main::failed)
                .setParameterExceptionHandler(Main::refused);
    }

    /** All commands have the option, so all must know what to say. */
    private static void versioned(CommandLine command) {
        command.getCommandSpec().versionProvider(new Version());
        command.getSubcommands().values().forEach(Main::versioned);
    }

    /** Has output that is lost while picocli prints help end like any other. */
    private static int executed(CommandLine.ParseResult parsed) {
        try {
            return new CommandLine.RunLast().execute(parsed);
        } catch (Output.Lost e) {
            throw new CommandLine.ExecutionException(parsed.commandSpec().commandLine(), "help cannot be shown", e);
        }
    }

    /** What went wrong as a sentence; the stack is for those who ask for it with LEAT_DEBUG. */
    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        return told(e, command.getErr(), isJson(parsed.originalArgs()));
    }

    private static int told(Exception e, PrintWriter err, boolean json) {
        if (e instanceof Output.Lost lost && lost.isReaderGone()) {
            return READER_GONE;
        }
        err.println(json ? WireJson.LENIENT.writeText(problem(e)) : "leat: " + Text.lines(sentence(e)));
        if (System.getenv("LEAT_DEBUG") != null) {
            e.printStackTrace(err);
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** By the words alone, since they may be told of before they are understood. */
    private static boolean isJson(List<String> args) {
        return args.stream()
                .takeWhile(each -> !each.equals("--"))
                .anyMatch(each -> each.equals("--json") || each.equalsIgnoreCase("--json=true"));
    }

    private static Problem problem(Exception e) {
        return switch (e) {
            case ApiException api -> api.problem();
            case InvalidValueException invalid ->
                new Problem(400, "Bad Request", invalid.code(), sentence(e), invalid.field(), invalid.allowed());
            case ConfigException config -> new Problem(400, "Bad Request", "CONFIG_INVALID", sentence(e));
            case Output.Lost lost -> new Problem(500, "Error", "OUTPUT_LOST", sentence(e));
            default -> new Problem(500, "Error", "FAILED", sentence(e));
        };
    }

    private static String sentence(Exception e) {
        String message = e.getMessage();
        if (e instanceof FileSystemException file) {
            return "cannot use " + file.getFile() + ": " + Text.reason(file);
        }
        if (e instanceof ConfigException config) {
            int mistakes = config.problems().size();
            return "the configuration has " + (mistakes == 1 ? "a mistake:\n" : mistakes + " mistakes:\n") + message;
        }
        return message == null || message.isBlank() ? e.toString() : message;
    }

    /** The problem and where to read on; the whole usage would push the problem off the screen. */
    private static int refused(CommandLine.ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        if (isJson(List.of(args))) {
            err.println(WireJson.LENIENT.writeText(
                    new Problem(400, "Bad Request", "USAGE", String.valueOf(e.getMessage()))));
        } else {
            err.println("leat: " + Text.lines(String.valueOf(e.getMessage())));
            err.println("see: " + command.getCommandSpec().qualifiedName() + " --help");
        }
        return CommandLine.ExitCode.USAGE;
    }
}
