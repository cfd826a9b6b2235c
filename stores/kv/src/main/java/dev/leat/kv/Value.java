package dev.leat.kv;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** A few numbers, then a text, as bytes that end with a checksum over key and content: the engine has none over what a page holds. */
final class Value {
    private Value() {}

    static byte[] of(byte[] key, String text, long... numbers) {
        byte[] end = text.getBytes(StandardCharsets.UTF_8);
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

    private static int sum(byte[] key, byte[] content, int length) {
        CRC32C sum = new CRC32C();
        sum.update(key);
        sum.update(content, 0, length);
        return (int) sum.getValue();
    }
}
