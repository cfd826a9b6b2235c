package dev.leat.cli.settings;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A folder that a command keeps its state in, held for this process alone until it is closed or the process ends.
 *
 * @param path without symbolic links
 */
public record DataFolder(Path path, FileChannel channel, FileLock lock) implements AutoCloseable {
    /** Where a command keeps its state unless told otherwise: {@code $XDG_STATE_HOME/leat/NAME} or {@code ~/.local/state/leat/NAME}. */
    public static Path standard(String name) {
        String state = System.getenv("XDG_STATE_HOME");
        Path home = state == null || state.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".local", "state")
                : Path.of(state);
        return home.resolve("leat").resolve(name);
    }

    /**
     * Makes the folder if need be, and takes it.
     *
     * @param user who takes it: a word for the lock's name and for the message
     * @throws IllegalStateException if another process has it
     */
    public static DataFolder taken(Path folder, String user) throws IOException {
        Files.createDirectories(folder);
        Path real = folder.toRealPath();
        FileChannel channel =
                FileChannel.open(real.resolve(user + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new DataFolder(real, channel, lock);
            }
        } catch (OverlappingFileLockException e) {
            // This process itself has it.
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new IllegalStateException(
                "another " + user + " is using " + real + "; wait for it, or give this one its own with --data");
    }

    /** Gives the folder free. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
