package dev.leat.kv;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The right of one process, and of one opener in it, to a directory: a lock of the system's on a file in it. The system ends it with the
 * process, however that ends; the file stays and means nothing by itself.
 */
final class Ownership implements AutoCloseable {
    /** Asked before the lock file is opened: whoever closes that, even unlocked, would end this process's lock on it. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private static final String LOCK = "leat.lock";

    private static final String STORE = "rocksdb";

    private final Path directory;
    private final FileChannel lock;

    private Ownership(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Makes the directory if it is missing.
     *
     * @throws StoreException if it is open elsewhere, holds something else, or is not fit; nothing is changed then
     */
    static Ownership of(Path named) {
        Path directory = real(named);
        if (!HELD.add(directory)) {
            throw refused(directory, "is open already in this process; share its KvStores", null);
        }
        try {
            return new Ownership(directory, locked(directory));
        } catch (RuntimeException e) {
            HELD.remove(directory);
            throw e;
        }
    }

    private static Path real(Path named) {
        Path absolute = named.toAbsolutePath();
        try {
            if (!Files.exists(absolute)) {
                Files.createDirectory(absolute);
            }
            Path directory = absolute.toRealPath();
            try (Stream<Path> files = Files.list(directory)) {
                Optional<Path> other = files.filter(each -> !isOurs(each)).findAny();
                if (other.isPresent()) {
                    throw refused(directory, "holds " + other.get().getFileName() + "; name one of Leat's own", null);
                }
            }
            return directory;
        } catch (NotDirectoryException e) {
            throw refused(absolute, "is a file; name a directory", e);
        } catch (NoSuchFileException e) {
            throw refused(absolute, "cannot be made, since the directory around it is missing; make that", e);
        } catch (IOException e) {
            throw refused(absolute, "cannot be reached (" + e + ")", e);
        }
    }

    private static boolean isOurs(Path file) {
        return file.endsWith(LOCK) || file.endsWith(STORE);
    }

    private static FileChannel locked(Path directory) {
        Path file = directory.resolve(LOCK);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() == null) {
                    throw refused(directory, "is open in another process, and only one at a time may have it", null);
                }
                return channel;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw refused(directory, "cannot be locked by " + file + " (" + e + ")", e);
        }
    }

    private static StoreException refused(Path directory, String why, @Nullable Throwable cause) {
        return new StoreException("directory " + directory + " " + why, Effect.NONE, cause);
    }

    /** Where the engine has its files, by the one path that all who name it agree on. */
    Path engine() {
        return directory.resolve(STORE);
    }

    /** Deletes the directory with all that is in it. */
    void deleteAll() {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw refused(directory, "cannot be deleted (" + e + ")", e);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw refused(directory, "cannot be given up (" + e + ")", e);
        } finally {
            HELD.remove(directory);
        }
    }
}
