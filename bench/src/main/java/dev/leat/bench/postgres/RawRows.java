package dev.leat.bench.postgres;

import dev.leat.bench.Server;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * A table with a primary key, and the columns and bytes that Leat keeps of each job it is given: what PostgreSQL itself can do
 * with them. The hash of every payload is computed anew, as it must be for a new payload.
 */
final class RawRows {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final int COLUMNS = 9;
    private static final long CREATED = 800_000_000_000_000L; // microseconds since 2000
    private static final int FLUSH = 1 << 16;

    private final Server server;
    private final byte[] payload;
    private final MessageDigest sha256;

    /** @param payload kept as its JSON is: in quotation marks */
    RawRows(Server server, String payload) {
        this.server = server;
        this.payload = ('"' + payload + '"').getBytes(StandardCharsets.UTF_8);
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    void create() throws SQLException {
        server.execute("create table raw_row(id bigint primary key, lane int not null, priority smallint not null,"
                + " max_attempts smallint not null, content_type smallint not null, nonce bigint not null,"
                + " created_at timestamptz not null, sha256 bytea not null, payload bytea not null)");
    }

    void drop() throws SQLException {
        server.execute("drop table raw_row");
    }

    long count() throws SQLException {
        return server.number("select count(*) from raw_row");
    }

    /** Copies so many rows with ids from this one on, in a transaction of their own. */
    void copy(Connection connection, long first, int rows) throws SQLException, IOException {
        CopyIn copy =
                connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy raw_row from stdin (format binary)");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(2 * FLUSH);
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(SIGNATURE);
        out.writeInt(0);
        out.writeInt(0);
        for (int i = 0; i < rows; i++) {
            row(out, first + i);
            if (bytes.size() >= FLUSH) {
                flush(copy, bytes);
            }
        }
        out.writeShort(-1);
        flush(copy, bytes);
        copy.endCopy();
    }

    private static void flush(CopyIn copy, ByteArrayOutputStream bytes) throws SQLException {
        copy.writeToCopy(bytes.toByteArray(), 0, bytes.size());
        bytes.reset();
    }

    private void row(DataOutputStream out, long id) throws IOException {
        out.writeShort(COLUMNS);
        bigint(out, id);
        out.writeInt(Integer.BYTES);
        out.writeInt(1);
        smallint(out, 4);
        smallint(out, 25);
        smallint(out, 0);
        bigint(out, id * 31);
        bigint(out, CREATED);
        bytea(out, sha256.digest(payload));
        bytea(out, payload);
    }

    private static void bigint(DataOutputStream out, long value) throws IOException {
        out.writeInt(Long.BYTES);
        out.writeLong(value);
    }

    private static void smallint(DataOutputStream out, int value) throws IOException {
        out.writeInt(Short.BYTES);
        out.writeShort(value);
    }

    private static void bytea(DataOutputStream out, byte[] value) throws IOException {
        out.writeInt(value.length);
        out.write(value);
    }

    /** Inserts of one row each, for a caller with a connection of its own; each returns when it is committed. */
    static final class Insert implements AutoCloseable {
        private final Connection connection;
        private final PreparedStatement statement;

        Insert(Server server, String payload) throws SQLException, NoSuchAlgorithmException {
            connection = server.connect();
            statement = connection.prepareStatement("insert into raw_row values (?, 1, 4, 25, 0, ?, now(), ?, ?)");
            byte[] bytes = ('"' + payload + '"').getBytes(StandardCharsets.UTF_8);
            statement.setBytes(3, MessageDigest.getInstance("SHA-256").digest(bytes));
            statement.setBytes(4, bytes);
        }

        void row(long id) throws SQLException {
            statement.setLong(1, id);
            statement.setLong(2, id * 31);
            statement.executeUpdate();
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
