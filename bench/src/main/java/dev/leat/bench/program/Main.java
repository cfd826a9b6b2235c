package dev.leat.bench.program;

import dev.leat.wire.Problem;
import dev.leat.wire.WireJson;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The program {@code leat bench}, which the script {@code leat} builds and starts from a checkout.
 *
 * <p>Exit codes: 0 everything was measured, 1 something could not be or was done wrong, 2 the command line was not understood.
 */
@Command(
        name = "leat bench",
        description = "Measures how fast Leat is on this machine, on servers of its own.",
        mixinStandardHelpOptions = true,
        subcommands = {PostgresCommand.class, PeersCommand.class})
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(
                new PrintWriter(System.out, true, System.out.charset()),
                new PrintWriter(System.err, true, System.err.charset()),
                args));
    }

    /** Runs one command line; what main would exit with is returned instead. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        // The script passes on all it was given, its own word included.
        String[] own = args.length > 0 && args[0].equals("bench") ? Arrays.copyOfRange(args, 1, args.length) : args;
        CommandLine program = new CommandLine(new Main());
        versioned(program);
        return program.setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler(Main::failed)
                .setParameterExceptionHandler(Main::refused)
                .execute(own);
    }

    /** All commands have the option, so all must know what to say. */
    private static void versioned(CommandLine command) {
        command.getCommandSpec().versionProvider(() ->
                new String[] {"leat bench " + Checkout.version().orElse("of an unknown version")});
        command.getSubcommands().values().forEach(Main::versioned);
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        String sentence = e.getMessage() == null || e.getMessage().isBlank() ? e.toString() : e.getMessage();
        PrintWriter err = command.getErr();
        err.println(
                isJson(parsed.originalArgs())
                        ? WireJson.LENIENT.writeText(new Problem(500, "Error", "FAILED", sentence))
                        : "leat: " + sentence);
        if (System.getenv("LEAT_DEBUG") != null) {
            e.printStackTrace(err);
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static int refused(ParameterException e, String[] args) {
        PrintWriter err = e.getCommandLine().getErr();
        if (isJson(List.of(args))) {
            err.println(WireJson.LENIENT.writeText(
                    new Problem(400, "Bad Request", "USAGE", String.valueOf(e.getMessage()))));
        } else {
            err.println("leat: " + e.getMessage());
            err.println("see: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        }
        return CommandLine.ExitCode.USAGE;
    }

    private static boolean isJson(List<String> args) {
        return args.contains("--json");
    }
}
