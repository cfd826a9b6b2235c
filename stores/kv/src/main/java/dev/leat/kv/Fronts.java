package dev.leat.kv;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where each line begins that keys are taken off the front of. The engine steps over every key that was removed until it has merged its
 * files, so looking from the very start would cost the more the more was taken.
 */
final class Fronts {
    private final Map<ByteBuffer, Optional<byte[]>> fronts = new HashMap<>();

    /** No key of the line comes before this; empty if there is none in it. */
    Optional<byte[]> of(byte[] line) {
        return fronts.getOrDefault(ByteBuffer.wrap(line), Optional.of(line));
    }

    /** A look from the front found this first. */
    void found(byte[] line, Optional<byte[]> first) {
        fronts.put(ByteBuffer.wrap(line), first);
    }

    void added(byte[] key) {
        byte[] line = Keys.line(key);
        if (line.length > 0) {
            fronts.computeIfPresent(
                    ByteBuffer.wrap(line),
                    (same, front) -> front.isPresent() && Arrays.compareUnsigned(front.get(), key) <= 0
                            ? front
                            : Optional.of(key));
        }
    }

    /** What was seen may not be so. */
    void forget() {
        fronts.clear();
    }
}
