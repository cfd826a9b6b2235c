package dev.leat.cli;

import dev.leat.api.InvalidValueException;
import dev.leat.cli.demo.DemoCommand;
import dev.leat.cli.demo.DemoWorker;
import dev.leat.cli.jobs.EnqueueCommand;
import dev.leat.cli.jobs.JobsCommand;
import dev.leat.cli.jobs.QueuesCommand;
import dev.leat.cli.jobs.StatsCommand;
import dev.leat.cli.node.DevCommand;
import dev.leat.cli.node.ServerCommand;
import dev.leat.cli.node.TrainCommand;
import dev.leat.cli.node.Version;
import dev.leat.cli.screen.Text;
import dev.leat.cli.settings.ConfigCommand;
import dev.leat.engine.config.ConfigException;
import dev.leat.wire.ApiException;
import dev.leat.wire.Problem;
import dev.leat.wire.WireJson;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The program {@code leat}: reads the command line and hands over to one command.
 *
 * <p>Exit codes: 0 done, 1 the command failed or was refused, 2 the command line was not understood. What went wrong is told on
 * standard error: as {@code leat: } and a sentence, or after {@code --json} as a {@link Problem}.
 */
@Command(
        name = "leat",
        description = "Runs background jobs durably, on the storage you already have.",
        mixinStandardHelpOptions = true,
        subcommands = {
            DevCommand.class,
            ServerCommand.class,
            EnqueueCommand.class,
            JobsCommand.class,
            QueuesCommand.class,
            StatsCommand.class,
            ConfigCommand.class,
            CompletionCommand.class,
            DemoCommand.class,
            DemoWorker.class,
            TrainCommand.class
        })
public final class Main implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(writer(System.out), writer(System.err), args));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
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
                .setExecutionExceptionHandler(Main::failed)
                .setParameterExceptionHandler(Main::refused);
    }

    /** All commands have the option, so all must know what to say. */
    private static void versioned(CommandLine command) {
        command.getCommandSpec().versionProvider(new Version());
        command.getSubcommands().values().forEach(Main::versioned);
    }

    /** What went wrong as a sentence; the stack is for those who ask for it with LEAT_DEBUG. */
    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (isJson(parsed.originalArgs())) {
            err.println(WireJson.LENIENT.writeText(problem(e)));
        } else {
            err.println("leat: " + Text.lines(sentence(e)));
        }
        if (System.getenv("LEAT_DEBUG") != null) {
            e.printStackTrace(err);
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static boolean isJson(List<String> args) {
        return args.contains("--json");
    }

    private static Problem problem(Exception e) {
        return switch (e) {
            case ApiException api -> api.problem();
            case InvalidValueException invalid ->
                new Problem(400, "Bad Request", invalid.code(), sentence(e), invalid.field(), invalid.allowed());
            case ConfigException config -> new Problem(400, "Bad Request", "CONFIG_INVALID", sentence(e));
            default -> new Problem(500, "Error", "FAILED", sentence(e));
        };
    }

    private static String sentence(Exception e) {
        String message = e.getMessage();
        if (e instanceof FileSystemException file) {
            String reason = file.getReason() == null ? e.getClass().getSimpleName() : file.getReason();
            return "cannot use " + file.getFile() + " (" + reason + ")";
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

    /** Without a command there is nothing to do but to say which there are. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return CommandLine.ExitCode.OK;
    }
}
