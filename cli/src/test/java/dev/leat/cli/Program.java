package dev.leat.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program from the classes under test, for a process of its own, so that no jar need be built first. */
public final class Program {
    private Program() {}

    /** A command line that runs it. */
    public static List<String> command(String... arguments) {
        List<String> command = java("dev.leat.cli.Main");
        command.addAll(List.of(arguments));
        return command;
    }

    /** A command line that runs a class beside it; more can be put behind. */
    public static List<String> java(String main) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main));
    }
}
