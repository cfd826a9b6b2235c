package dev.leat.kv;

import java.nio.file.Path;
import java.time.InstantSource;

/**
 * Where the store lives.
 *
 * @param directory made when missing, inside a directory that is there, on a disk of this machine; nothing else may lie in it
 * @param clock what time it is; see {@link StoreTime} for what is made of a clock that is set back
 */
record KvConfig(Path directory, InstantSource clock) {}
