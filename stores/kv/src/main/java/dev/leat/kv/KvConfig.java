package dev.leat.kv;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * Where the stores live.
 *
 * @param directory made when missing, inside a directory that is there, on a disk of this machine; nothing else may lie in it
 * @param clock what time it is; see {@link StoreTime} for what is made of a clock that is set back
 */
public record KvConfig(Path directory, InstantSource clock) {
    public KvConfig {
        Path name = directory.getFileName();
        if (name == null || name.toString().isEmpty()) {
            throw new InvalidValueException(
                    "DIRECTORY_INVALID",
                    "directory",
                    "is " + Checks.shown(directory.toString()),
                    "the path of a directory of its own");
        }
    }

    /** By the system's clock. */
    public static KvConfig of(Path directory) {
        return new KvConfig(directory, InstantSource.system());
    }

    public KvConfig withClock(InstantSource other) {
        return new KvConfig(directory, other);
    }
}
