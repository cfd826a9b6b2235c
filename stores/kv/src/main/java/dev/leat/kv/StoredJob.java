package dev.leat.kv;

import dev.leat.api.ContentType;
import dev.leat.api.JobId;
import dev.leat.api.Payload;
import dev.leat.api.store.NewJob;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What never changes of a job. What it carries is under a key of its own, so that whoever lists jobs does not read it.
 *
 * @param lane the one it was enqueued to
 * @param original of the payload it was enqueued with, if it carries another one
 */
record StoredJob(
        JobId id,
        int lane,
        long nonce,
        long createdAt,
        @Nullable Original original) {
    /** What is kept of a payload that was replaced. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
    record Original(ContentType contentType, byte[] sha256) {}

    static Optional<StoredJob> of(Contents contents, JobId id) {
        return contents.get(Keys.job(id)).map(content -> read(id, content));
    }

    private static StoredJob read(JobId id, ByteBuffer content) {
        int lane = (int) content.getLong();
        long nonce = content.getLong();
        long createdAt = content.getLong();
        int originalType = (int) content.getLong();
        Original original =
                content.hasRemaining() ? new Original(ContentType.ofCode(originalType), Value.bytes(content)) : null;
        return new StoredJob(id, lane, nonce, createdAt, original);
    }

    static Payload payload(Contents contents, JobId id) {
        ByteBuffer content = contents.get(Keys.payload(id)).orElseThrow();
        ContentType contentType = ContentType.ofCode((int) content.getLong());
        return Payload.of(Value.bytes(content), contentType);
    }

    void put(Draft draft, Payload payload) {
        byte[] sha256 = original == null ? new byte[0] : original.sha256;
        int originalType = original == null ? 0 : original.contentType.code();
        draft.put(Keys.job(id), sha256, lane, nonce, createdAt, originalType);
        draft.put(Keys.payload(id), payload.bytes(), payload.contentType().code());
    }

    /** From now on it carries this. */
    void replace(Draft draft, Payload payload) {
        Payload before = payload(draft, id);
        Original first = original == null ? new Original(before.contentType(), before.sha256()) : original;
        new StoredJob(id, lane, nonce, createdAt, first).put(draft, payload);
    }

    /** Whether this was enqueued as the other, whatever became of it since. */
    boolean isSame(Contents contents, NewJob other, int otherLane) {
        if (nonce != other.nonce() || lane != otherLane) {
            return false;
        }
        return original == null
                ? payload(contents, id).equals(other.payload())
                : original.contentType.equals(other.payload().contentType())
                        && Arrays.equals(original.sha256, other.payload().sha256());
    }
}
