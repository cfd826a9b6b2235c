package dev.leat.verify.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A disk of its own: an ext4 file system in a file, mounted through a loop device, that can run full and lose its power.
 * Needs root on Linux; {@link #unavailable} tells whether it can be had.
 *
 * <p>When the JVM ends in an orderly way nothing of it is left. After SIGKILL its file and its mount are; the next
 * {@link #make} with the same paths removes them, and so do {@code umount -l MOUNTPOINT} and {@code rm FILE}, with which the loop
 * device goes too.
 *
 * <p>Not thread-safe, but {@link #close} may be called from any thread.
 */
public final class LoopDisk implements AutoCloseable {
    /** Bytes; a smaller file system would have no journal. */
    public static final long SMALLEST = 16 << 20;

    private static final int BLOCK = 4_096;
    private static final int MANY_BLOCKS = 1 << 20;

    /** Metadata is written when somebody syncs and not by the clock, so that a copy of the file is of one moment. */
    private static final String OPTIONS = "loop,noatime,commit=300";

    private final Path file;
    private final Path mountPoint;
    private final Thread atExit = new Thread(this::remove, "leat-loop-disk-close");
    private boolean closed;

    private LoopDisk(Path file, Path mountPoint) {
        this.file = file;
        this.mountPoint = mountPoint;
    }

    /** Why this machine allows no such disk, or empty if it does. Tries it with a small one. */
    public static Optional<String> unavailable() {
        try {
            if (!Files.exists(Path.of("/proc/self"))) {
                return Optional.of("loop disks need Linux");
            }
            if ((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") != 0) {
                return Optional.of("loop disks need root");
            }
            Path home = Files.createTempDirectory("leat-loop-disk");
            try (LoopDisk disk = make(home.resolve("disk"), home.resolve("mounted"), SMALLEST)) {
                return Optional.empty();
            } finally {
                Files.delete(home);
            }
        } catch (IOException | UncheckedIOException e) {
            return Optional.of("loop disks cannot be made here: " + e.getMessage());
        }
    }

    /**
     * Makes and mounts an empty disk. What an earlier one with these paths left behind is removed.
     *
     * @param file holds the disk; takes only as much room as is used on it
     * @param mountPoint an empty or absent directory, in which the root alone may write at first
     * @param bytes at least {@link #SMALLEST}
     * @throws IOException if the machine does not allow it
     */
    public static LoopDisk make(Path file, Path mountPoint, long bytes) throws IOException {
        if (bytes < SMALLEST) {
            throw new IllegalArgumentException("bytes must be at least " + SMALLEST + ", not " + bytes);
        }
        LoopDisk disk = new LoopDisk(file.toAbsolutePath(), mountPoint.toAbsolutePath());
        disk.clear();
        try {
            Files.createDirectories(disk.mountPoint);
            try (FileChannel channel =
                    FileChannel.open(disk.file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.allocate(1), bytes - 1);
            }
            SystemCommand.run("mkfs.ext4", "-q", "-F", "-m", "0", "-b", Integer.toString(BLOCK), disk.file.toString());
            disk.mount();
            Runtime.getRuntime().addShutdownHook(disk.atExit);
            return disk;
        } catch (IOException | RuntimeException e) {
            disk.clear();
            throw e;
        }
    }

    /**
     * Has the end of the JVM not close this: for a caller who does so himself, after he has ended what uses the disk.
     *
     * @return this
     */
    public LoopDisk closedByCaller() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        return this;
    }

    /** Where files are put. */
    public Path root() {
        return mountPoint;
    }

    /**
     * Cuts the power, and gives it back: the disk has what was synced before, and of everything else what the system happened
     * to have written; open files are of the past.
     *
     * @param killServer ends every process that has a file open on this disk. They must all stand still already, by
     *     {@link ProcessFaults#freeze}: what they wrote is copied first, and killed after.
     * @throws IOException if the disk cannot be changed, which leaves it to be closed
     */
    public void powerCut(Runnable killServer) throws IOException {
        Path rest = copy();
        SystemCommand.run("cp", "--sparse=always", file.toString(), rest.toString());
        killServer.run();
        unmount();
        Files.move(rest, file, StandardCopyOption.REPLACE_EXISTING);
        mount();
    }

    /**
     * Takes every free block.
     *
     * @return gives them back
     */
    public ActiveFault fill() throws IOException {
        Path ballast = mountPoint.resolve("ballast");
        try (FileChannel channel = FileChannel.open(ballast, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int size = MANY_BLOCKS; size >= BLOCK; size /= 2) {
                fill(channel, ByteBuffer.allocate(size));
            }
        }
        return () -> {
            try {
                Files.deleteIfExists(ballast);
                // Or the next power cut would bring it back.
                try (FileChannel folder = FileChannel.open(mountPoint, StandardOpenOption.READ)) {
                    folder.force(true);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private static void fill(FileChannel channel, ByteBuffer zeros) throws IOException {
        try {
            while (true) {
                channel.write(zeros.rewind());
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw e;
            }
        }
    }

    /** Unmounts and deletes the disk, even if files on it are open: those are gone when they are closed. */
    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is going down, and the hook finds this closed.
        }
    }

    private synchronized void remove() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path copy() {
        return file.resolveSibling(file.getFileName() + ".cut");
    }

    private void mount() throws IOException {
        SystemCommand.run("mount", "-o", OPTIONS, file.toString(), mountPoint.toString());
    }

    private void unmount() throws IOException {
        try {
            SystemCommand.run("umount", mountPoint.toString());
        } catch (IOException e) {
            SystemCommand.run("umount", "-l", mountPoint.toString());
        }
    }

    private void clear() throws IOException {
        while (mounted()) {
            unmount();
        }
        Files.deleteIfExists(mountPoint);
        Files.deleteIfExists(file);
        Files.deleteIfExists(copy());
    }

    private boolean mounted() throws IOException {
        @Nullable Path above = mountPoint.getParent();
        return above != null
                && Files.isDirectory(mountPoint)
                && !Files.getFileStore(mountPoint).equals(Files.getFileStore(above));
    }
}
