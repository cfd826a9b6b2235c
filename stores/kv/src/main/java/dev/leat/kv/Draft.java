package dev.leat.kv;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Changes that wait for one commit, over what is committed. Those of a call lie apart until the call has succeeded, so that one that
 * fails is undone by forgetting them. For one thread.
 */
final class Draft {
    private final Function<byte[], Optional<byte[]>> committed;
    private final long now;
    private final TreeMap<byte[], Optional<byte[]>> group = new TreeMap<>(Arrays::compareUnsigned);
    private final TreeMap<byte[], Optional<byte[]>> call = new TreeMap<>(Arrays::compareUnsigned);

    /** @param now what time it is in all calls, in microseconds since 1970 */
    Draft(Function<byte[], Optional<byte[]>> committed, long now) {
        this.committed = committed;
        this.now = now;
    }

    long now() {
        return now;
    }

    /** What stands there, by this call, by one before it, or committed. */
    Optional<ByteBuffer> get(byte[] key) {
        Optional<byte[]> changed = call.containsKey(key) ? call.get(key) : group.get(key);
        Optional<byte[]> value = changed != null ? changed : committed.apply(key);
        return value.map(stored -> Value.checked(key, stored));
    }

    long number(byte[] key) {
        return get(key).map(ByteBuffer::getLong).orElse(0L);
    }

    void put(byte[] key, String text, long... numbers) {
        call.put(key, Optional.of(Value.of(key, text, numbers)));
    }

    void remove(byte[] key) {
        call.put(key, Optional.empty());
    }

    void endCall() {
        group.putAll(call);
        call.clear();
    }

    void undoCall() {
        call.clear();
    }

    /** Shows each change of the calls that have ended; null is a removal. */
    void forEach(BiConsumer<byte[], byte @Nullable []> change) {
        group.forEach((key, value) -> change.accept(key, value.orElse(null)));
    }
}
