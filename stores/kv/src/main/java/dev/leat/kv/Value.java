package dev.leat.kv;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * A few numbers, then a text or bytes, that end with a checksum over key and content: what was read under a key is what was stored under
 * it, whatever happened in between.
 */
final class Value {
    private Value() {}

    static byte[] of(byte[] key, String text, long... numbers) {
        return of(key, text.getBytes(StandardCharsets.UTF_8), numbers);
    }

    static byte[] of(byte[] key, byte[] end, long... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Long.BYTES + end.length + Integer.BYTES);
        for (long number : numbers) {
            bytes.putLong(number);
        }
        bytes.put(end);
        bytes.putInt(sum(key, bytes.array(), bytes.position()));
        return bytes.array();
    }

    /**
     * What was stored, without the checksum.
     *
     * @throws StoreException if it is not what was stored under this key
     */
    static ByteBuffer checked(byte[] key, byte[] stored) {
        int length = stored.length - Integer.BYTES;
        if (length < 0 || ByteBuffer.wrap(stored, length, Integer.BYTES).getInt() != sum(key, stored, length)) {
            throw new StoreException(
                    "a value in the key-value store does not have its checksum; restore the directory from a copy",
                    Effect.NONE,
                    null);
        }
        return ByteBuffer.wrap(stored, 0, length);
    }

    /** What is left of it. */
    static String text(ByteBuffer rest) {
        return StandardCharsets.UTF_8.decode(rest).toString();
    }

    /** What is left of it. */
    static byte[] bytes(ByteBuffer rest) {
        byte[] bytes = new byte[rest.remaining()];
        rest.get(bytes);
        return bytes;
    }

    private static int sum(byte[] key, byte[] content, int length) {
        CRC32C sum = new CRC32C();
        sum.update(key);
        sum.update(content, 0, length);
        return (int) sum.getValue();
    }
}
