package dev.leat.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.store.Failure;
import dev.leat.api.store.JobStore;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Why runs of jobs failed, as it is kept: the length of the message, the message, the detail; or a reason that a script wrote
 * without words, which begins with an exclamation mark, as no length of a message does.
 */
final class Notes {
    private Notes() {}

    static byte[] pack(Failure failure) {
        byte[] message = failure.message().getBytes(UTF_8);
        byte[] detail = failure.detail().getBytes(UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + message.length + detail.length)
                .putInt(message.length)
                .put(message)
                .put(detail)
                .array();
    }

    static @Nullable Failure failure(byte[] note) {
        if (note.length == 0) {
            return null;
        }
        if (note[0] == '!') {
            return Failure.of(reason(new String(note, US_ASCII)));
        }
        int length = ByteBuffer.wrap(note).getInt();
        int detail = Integer.BYTES + length;
        return new Failure(
                new String(note, Integer.BYTES, length, UTF_8),
                new String(Arrays.copyOfRange(note, detail, note.length), UTF_8));
    }

    private static String reason(String written) {
        String[] parts = written.split(":", -1);
        return parts[0].equals("!crash")
                ? "its worker died or hung while it ran alone: crash " + parts[1] + " of at most "
                        + JobStore.CRASH_LIMIT + ", attempt " + parts[2] + " of at most " + parts[3]
                : "cancelled by hand while it was " + parts[1];
    }
}
