package dev.leat.cli.torture;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The machine's clock, ahead by what a file says; so several processes, one after the other, have the same. It never runs backwards. Where
 * the file cannot be read for a moment, by what it said last.
 */
final class ForwardClock implements InstantSource {
    static final String FILE = "clock";

    private final InstantSource machine;
    private final Path file;
    private volatile Duration ahead = Duration.ZERO;

    ForwardClock(InstantSource machine, Path file) {
        this.machine = machine;
        this.file = file;
    }

    @Override
    public Instant instant() {
        try {
            ahead = Duration.parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            // It was never set.
        } catch (IOException e) {
            // The disk is being broken.
        }
        return machine.instant().plus(ahead);
    }

    /** Sets it forward for all who have it. */
    static void forward(Path file, Duration by) {
        try {
            Duration before = Files.exists(file) ? Duration.parse(Files.readString(file)) : Duration.ZERO;
            Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.writeString(next, before.plus(by).toString());
            Files.move(next, file, ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
