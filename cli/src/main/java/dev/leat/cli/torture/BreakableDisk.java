package dev.leat.cli.torture;

import dev.leat.verify.faults.ActiveFault;
import dev.leat.verify.faults.LoopDisk;
import dev.leat.verify.faults.ProcessFaults;
import dev.leat.verify.torture.FaultKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a store that is there to be broken has its files: a disk of its own, if that is to be broken and can be had; else a folder. */
final class BreakableDisk implements AutoCloseable {
    private static final Set<FaultKind> KINDS = EnumSet.of(FaultKind.POWER_CUT, FaultKind.FULL_DISK);
    private static final long BYTES_PER_MINUTE = 24L << 20;

    private final Path folder;
    private final @Nullable LoopDisk disk;
    private final String whyNone;

    private BreakableDisk(Path folder, @Nullable LoopDisk disk, String whyNone) {
        this.folder = folder;
        this.disk = disk;
        this.whyNone = whyNone;
    }

    /**
     * Makes one.
     *
     * @param folder an empty one
     * @param kinds what is to be done to the store
     * @param bytes for the store itself; more would only take longer to fill and to copy
     * @param length how long it must have room
     */
    static BreakableDisk make(Path folder, Set<FaultKind> kinds, long bytes, Duration length) throws IOException {
        Optional<String> why = Collections.disjoint(kinds, KINDS) ? Optional.of("not wanted") : LoopDisk.unavailable();
        LoopDisk disk = why.isPresent()
                ? null
                : LoopDisk.make(
                                folder.resolve("disk"),
                                folder.resolve("mounted"),
                                bytes + BYTES_PER_MINUTE * (length.toMinutes() + 1))
                        .closedByCaller();
        return new BreakableDisk(folder, disk, why.orElse(""));
    }

    /** What is on it. */
    Path root() {
        return disk == null ? folder : disk.root();
    }

    /** Why a fault cannot be brought about, if it is one of a disk; empty if it can. */
    Optional<String> impossible(FaultKind kind) {
        return disk == null && KINDS.contains(kind) ? Optional.of(whyNone) : Optional.empty();
    }

    /**
     * Cuts the power and gives it back.
     *
     * @param pid the process that has files open, with all that it started
     * @param kill ends them
     */
    void powerCut(long pid, Runnable kill) {
        try (ActiveFault standing = ProcessFaults.freeze(pid)) {
            own().powerCut(kill);
        } catch (IOException e) {
            throw new UncheckedIOException("the power cannot be cut: " + e.getMessage(), e);
        }
    }

    /** Takes all room, until what is returned is closed. */
    ActiveFault fill() {
        try {
            return own().fill();
        } catch (IOException e) {
            throw new UncheckedIOException("the disk cannot be filled: " + e.getMessage(), e);
        }
    }

    private LoopDisk own() {
        return Objects.requireNonNull(disk, "impossible() says so");
    }

    @Override
    public void close() {
        if (disk != null) {
            disk.close();
        }
    }
}
