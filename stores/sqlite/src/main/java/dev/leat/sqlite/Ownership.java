package dev.leat.sqlite;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The right of one process, and of one opener in it, to a database file: a lock of the system's on a file beside it, named as it is
 * with {@code .lock} at the end. The system ends it with the process, however that ends; the file stays and means nothing by itself.
 */
final class Ownership implements AutoCloseable {
    /** Asked before the lock file is opened: whoever closes that, even unlocked, would end this process's lock on it. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private static final String LOCK = ".lock";

    private final Path file;
    private final FileChannel lock;

    private Ownership(Path file, FileChannel lock) {
        this.file = file;
        this.lock = lock;
    }

    /** @throws StoreException if the file is open elsewhere, or its directory is not fit */
    static Ownership of(Path named) {
        Path file = real(named);
        if (!HELD.add(file)) {
            throw refused(file, "is open already in this process; share its SqliteStores", null);
        }
        try {
            return new Ownership(file, locked(file));
        } catch (RuntimeException e) {
            HELD.remove(file);
            throw e;
        }
    }

    private static Path real(Path named) {
        Path absolute = named.toAbsolutePath();
        try {
            if (Files.isDirectory(absolute)) {
                throw refused(absolute, "is a directory; name a file", null);
            }
            if (Files.isSymbolicLink(absolute) && !Files.exists(absolute)) {
                // Made through it, the file would be known by another name than its lock.
                throw refused(absolute, "is a link to a file that is not there; name the file itself", null);
            }
            Path directory = absolute.getParent();
            if (Files.exists(absolute) || directory == null) {
                return absolute.toRealPath();
            }
            return directory.toRealPath().resolve(absolute.getFileName());
        } catch (NoSuchFileException e) {
            throw refused(absolute, "cannot be made, since its directory is missing; make the directory", e);
        } catch (IOException e) {
            throw refused(absolute, "cannot be reached (" + e + ")", e);
        }
    }

    private static FileChannel locked(Path file) {
        Path beside = file.resolveSibling(file.getFileName() + LOCK);
        try {
            FileChannel channel = FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() == null) {
                    throw refused(file, "is open in another process, and only one at a time may have it", null);
                }
                return channel;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw refused(file, "cannot be locked by " + beside + " (" + e + ")", e);
        }
    }

    private static StoreException refused(Path file, String why, @Nullable Throwable cause) {
        return new StoreException("SQLite file " + file + " " + why, Effect.NONE, cause);
    }

    /** The database, by the one path that all who name it agree on. */
    Path file() {
        return file;
    }

    /** Deletes the database with what SQLite has beside it, and the lock file. */
    void deleteAll() {
        for (String end : List.of("", "-wal", "-shm", "-journal", LOCK)) {
            Path each = file.resolveSibling(file.getFileName() + end);
            try {
                Files.deleteIfExists(each);
            } catch (IOException e) {
                throw refused(each, "cannot be deleted (" + e + ")", e);
            }
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw refused(file, "cannot be given up (" + e + ")", e);
        } finally {
            HELD.remove(file);
        }
    }
}
