package dev.leat.postgres;

import dev.leat.api.store.NewJob;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;

/**
 * A stream of jobs into the table {@code job}, in the binary format of PostgreSQL's COPY: a header, for each row the number of
 * its fields and each field after its length in bytes, and a trailer. Ended or cancelled when closed.
 */
final class JobCopy implements AutoCloseable {
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };
    private static final short FIELDS = 8;
    private static final int HASH_BYTES = 32;
    /** A row without its payload: 8 lengths, two longs, an int, four shorts with the number of fields, a hash. */
    private static final int FRAME = FIELDS * 4 + 8 + 8 + 4 + 4 * 2 + HASH_BYTES;

    private final CopyIn copy;
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);

    /** @param copy into the columns id, lane, priority, max_attempts, content_type, nonce, sha256, payload */
    JobCopy(CopyIn copy) {
        this.copy = copy;
        buffer.put(HEADER);
    }

    /** @param lane the number of the job's lane */
    void write(NewJob job, int lane) throws SQLException {
        byte[] payload = job.payload().bytes();
        room(FRAME);
        buffer.putShort(FIELDS)
                .putInt(8)
                .putLong(job.id().value())
                .putInt(4)
                .putInt(lane)
                .putInt(2)
                .putShort((short) job.priority())
                .putInt(2)
                .putShort((short) job.maxAttempts())
                .putInt(2)
                .putShort((short) job.payload().contentType().code())
                .putInt(8)
                .putLong(job.nonce())
                .putInt(HASH_BYTES)
                .put(job.payload().sha256())
                .putInt(payload.length);
        if (payload.length > buffer.remaining()) {
            send();
        }
        if (payload.length > buffer.remaining()) {
            copy.writeToCopy(payload, 0, payload.length);
        } else {
            buffer.put(payload);
        }
    }

    private void room(int bytes) throws SQLException {
        if (buffer.remaining() < bytes) {
            send();
        }
    }

    private void send() throws SQLException {
        copy.writeToCopy(buffer.array(), 0, buffer.position());
        buffer.clear();
    }

    /** Returns when all rows are stored, though not committed. */
    void end() throws SQLException {
        room(2);
        buffer.putShort((short) -1);
        send();
        copy.endCopy();
    }

    @Override
    public void close() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }
}
