package dev.leat.redis;

import dev.leat.api.ContentType;
import dev.leat.api.Payload;
import dev.leat.api.store.NewJob;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Payloads of a block as they are kept: how many, where each ends, each one's nonce and content type, and the bytes. Big-endian.
 *
 * <p>A script hands out a slice of it, which begins with where its first payload starts in the block instead.
 */
final class Bodies {
    private static final int END_BYTES = 4;
    private static final int META_BYTES = 9;

    private Bodies() {}

    static byte[] pack(List<NewJob> jobs) {
        int bytes = jobs.stream().mapToInt(job -> job.payload().size()).sum();
        ByteBuffer body = ByteBuffer.allocate(2 + jobs.size() * (END_BYTES + META_BYTES) + bytes);
        body.putShort((short) jobs.size());
        int end = 0;
        for (NewJob job : jobs) {
            end += job.payload().size();
            body.putInt(end);
        }
        for (NewJob job : jobs) {
            body.putLong(job.nonce()).put((byte) job.payload().contentType().code());
        }
        for (NewJob job : jobs) {
            body.put(job.payload().bytes());
        }
        return body.array();
    }

    static List<Payload> unpack(byte[] slice, int jobs) {
        ByteBuffer buffer = ByteBuffer.wrap(slice);
        int base = buffer.getInt();
        int metas = END_BYTES + END_BYTES * jobs;
        int bytes = metas + META_BYTES * jobs;
        List<Payload> payloads = new ArrayList<>(jobs);
        int start = 0;
        for (int i = 0; i < jobs; i++) {
            int end = buffer.getInt(END_BYTES + END_BYTES * i) - base;
            ContentType type = ContentType.ofCode(slice[metas + META_BYTES * i + META_BYTES - 1]);
            payloads.add(Payload.of(Arrays.copyOfRange(slice, bytes + start, bytes + end), type));
            start = end;
        }
        return payloads;
    }

    /** A single payload: its content type, and the bytes. */
    static byte[] one(Payload payload) {
        return ByteBuffer.allocate(1 + payload.size())
                .put((byte) payload.contentType().code())
                .put(payload.bytes())
                .array();
    }

    static Payload one(byte[] bytes) {
        return Payload.of(Arrays.copyOfRange(bytes, 1, bytes.length), ContentType.ofCode(bytes[0]));
    }
}
