package dev.leat.cli;

import dev.leat.cli.demo.DemoCommand;
import dev.leat.cli.demo.DemoWorker;
import dev.leat.cli.node.DevCommand;
import dev.leat.cli.node.ServerCommand;
import dev.leat.cli.node.TrainCommand;
import dev.leat.cli.node.Version;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The program {@code leat}: reads the command line and hands over to one command.
 *
 * <p>Exit codes: 0 done, 1 the command failed, 2 the command line was not understood.
 */
@Command(
        name = "leat",
        description = "Runs background jobs durably, on the storage you already have.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {DevCommand.class, ServerCommand.class, DemoCommand.class, DemoWorker.class, TrainCommand.class})
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
        return new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Main::failed)
                .setParameterExceptionHandler(Main::refused)
                .execute(args);
    }

    /** What went wrong as a sentence; the stack is for those who ask for it with LEAT_DEBUG. */
    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        command.getErr().println("leat: " + sentence(e));
        if (System.getenv("LEAT_DEBUG") != null) {
            e.printStackTrace(command.getErr());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String sentence(Exception e) {
        String message = e.getMessage();
        if (e instanceof FileSystemException file) {
            String reason = file.getReason() == null ? e.getClass().getSimpleName() : file.getReason();
            return "cannot use " + file.getFile() + " (" + reason + ")";
        }
        return message == null || message.isBlank() ? e.toString() : message;
    }

    /** The problem and where to read on; the whole usage would push the problem off the screen. */
    private static int refused(CommandLine.ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("leat: " + e.getMessage());
        command.getErr().println("see: " + command.getCommandSpec().qualifiedName() + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    /** Without a command there is nothing to do but to say which there are. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return CommandLine.ExitCode.OK;
    }
}
