package dev.leat.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.util.Optional;

/**
 * Advisory locks on single bytes of a file. The operating system frees them when their process dies, however it dies.
 * They are owned by the process, so closing ANY channel of the file in a JVM drops all of them: one channel per file
 * and JVM, kept open as long as a lock is held.
 */
final class FileLocks {
    private FileLocks() {}

    /** The lock as soon as it is free; empty when the deadline passes first. */
    static Optional<FileLock> await(FileChannel channel, long position, boolean shared, Deadline deadline)
            throws IOException {
        while (true) {
            Optional<FileLock> lock = now(channel, position, shared);
            if (lock.isPresent() || deadline.passed()) {
                return lock;
            }
            deadline.pause();
        }
    }

    /** The lock if it is free at this moment. */
    static Optional<FileLock> now(FileChannel channel, long position, boolean shared) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock(position, 1, shared));
        } catch (OverlappingFileLockException e) {
            return Optional.empty(); // held by this JVM, through another thread or class loader
        }
    }
}
