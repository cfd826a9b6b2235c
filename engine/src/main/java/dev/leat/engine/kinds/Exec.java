package dev.leat.engine.kinds;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.util.List;

/**
 * The payload of an {@code exec} job: runs a program that the configuration of the worker names.
 *
 * @param command the name of a command in {@code kinds.exec.commands}
 * @param args further arguments, at most 100 of at most 8,192 characters, where the command allows any; none if unsaid
 */
public record Exec(String command, List<String> args) {
    private static final int LONGEST_ARG = 8_192;

    /** Refuses what is not allowed with an {@link InvalidValueException}. */
    public Exec {
        Checks.name("command", Given.needed("command", command, "the name of a command"));
        args = List.copyOf(checked(Given.or(args, List.of())));
    }

    private static List<String> checked(List<String> args) {
        Checks.range("args", args.size(), 0, 100);
        for (String arg : args) {
            String text = Given.needed("args", arg, "texts");
            if (text.length() > LONGEST_ARG || text.indexOf('\0') >= 0) {
                throw new InvalidValueException(
                        "ARGS_INVALID",
                        "args",
                        "hold one that is too long or has a NUL in it",
                        "at most " + LONGEST_ARG + " characters");
            }
        }
        return args;
    }

    /**
     * What it leaves as its result.
     *
     * @param output the last 64 KiB of what it wrote, standard output and error as they came
     * @param truncated whether there was more before
     */
    record Done(int exitCode, String output, boolean truncated, long millis) {}
}
