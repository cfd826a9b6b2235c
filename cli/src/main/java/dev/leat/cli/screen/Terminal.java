package dev.leat.cli.screen;

import java.io.Console;
import java.util.Optional;

/** Whether somebody watches. */
public final class Terminal {
    private Terminal() {}

    /** Whether this process reads from and writes to a terminal, so that it may say now and then how far it is. */
    public static boolean isWatched() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
}
