package dev.leat.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * {@code leat bench}, for those who have the program alone: the benchmarks and the libraries they measure beside Leat are no part
 * of it. In a checkout the script {@code leat} runs them instead, and this is never called.
 */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures how fast Leat is on this machine; in a checkout of Leat alone.",
            "./leat bench --help tells more there. It builds the benchmarks first, which are no part of this program."
        })
final class BenchCommand implements Callable<Integer> {
    @Unmatched
    private final List<String> unmatched = new ArrayList<>();

    @Override
    public Integer call() {
        String command =
                Stream.concat(Stream.of("./leat bench"), unmatched.stream()).collect(Collectors.joining(" "));
        throw new IllegalStateException(
                "the benchmarks are no part of this program; run " + command + " in a checkout of Leat");
    }
}
