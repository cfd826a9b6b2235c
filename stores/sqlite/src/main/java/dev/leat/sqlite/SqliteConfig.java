package dev.leat.sqlite;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * Where the stores live.
 *
 * @param file the database; made when missing, in a directory that is there, on a disk of this machine
 * @param readers the most connections that read at once, 1 to 64
 * @param clock what time it is; see {@link StoreTime} for what is made of a clock that is set back
 */
public record SqliteConfig(Path file, int readers, InstantSource clock) {
    public static final int DEFAULT_READERS = 4;

    public SqliteConfig {
        Path name = file.getFileName();
        if (name == null || name.toString().isEmpty()) {
            throw new InvalidValueException(
                    "FILE_INVALID", "file", "is " + Checks.shown(file.toString()), "the path of a file");
        }
        Checks.range("readers", readers, 1, 64);
    }

    /** By the system's clock, with {@value #DEFAULT_READERS} readers. */
    public static SqliteConfig of(Path file) {
        return new SqliteConfig(file, DEFAULT_READERS, InstantSource.system());
    }

    public SqliteConfig withReaders(int most) {
        return new SqliteConfig(file, most, clock);
    }

    public SqliteConfig withClock(InstantSource other) {
        return new SqliteConfig(file, readers, other);
    }
}
