package dev.leat.cli.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Gives a process a wall clock that is off, by libfaketime, and nothing else: monotonic time, and so every wait, stays true.
 *
 * @param library that is loaded into the process
 */
record SkewedClock(Path library) {
    private static final String NAME = "libfaketimeMT.so.1";
    private static final List<Path> FOLDERS =
            List.of(Path.of("/usr/lib"), Path.of("/usr/lib64"), Path.of("/usr/local/lib"));

    /** As it is installed here, if it is. */
    static Optional<SkewedClock> find() {
        return FOLDERS.stream()
                .flatMap(folder -> Stream.concat(Stream.of(folder), ofArchitectures(folder)))
                .map(folder -> folder.resolve("faketime").resolve(NAME))
                .filter(Files::isReadable)
                .findFirst()
                .map(SkewedClock::new);
    }

    private static Stream<Path> ofArchitectures(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(each -> each.toString().endsWith("-linux-gnu")).toList().stream();
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    /**
     * What the process needs in its environment.
     *
     * @param ahead of the machine's clock, or behind if negative; whole seconds count
     */
    Map<String, String> environment(Duration ahead) {
        return Map.of(
                "LD_PRELOAD",
                library.toString(),
                "FAKETIME",
                "%+d".formatted(ahead.toSeconds()),
                "DONT_FAKE_MONOTONIC",
                "1",
                // Where it is on, each wait of a JVM that has a limit is over at once: its threads spin, and nothing
                // waits.
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0",
                // By the time of its jar the JVM tells whether its cache fits.
                "NO_FAKE_STAT",
                "1");
    }
}
