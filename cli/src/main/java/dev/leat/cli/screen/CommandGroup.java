package dev.leat.cli.screen;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that only holds others: called without one of them, it says which there are. */
public class CommandGroup implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    protected CommandGroup() {}

    @Override
    public final void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
