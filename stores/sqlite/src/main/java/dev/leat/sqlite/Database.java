package dev.leat.sqlite;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/** Opens connections to one file, set as the stores need them, and brings its schema up to date. Thread-safe. */
final class Database {
    /** The newest migration there is. */
    static final int SCHEMA_VERSION = 1;

    /** Says that a file is Leat's: the four letters of its name. */
    private static final int APPLICATION = 0x4c656174;

    /** How long a statement waits for another program that has the file locked. */
    private static final int LOCK_WAIT_MILLIS = 2_000;

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final Path file;

    Database(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    /**
     * The one connection that writes.
     *
     * @throws StoreException if the file is somebody else's, or a newer Leat's, or cannot be synced
     */
    Session writer() throws SQLException {
        Session session = connected();
        try {
            requireOurs(session); // before anything is changed
            rebuild(session);
            if (!session.pragma("journal_mode = wal").equals("wal")) {
                throw new StoreException(
                        "SQLite file " + file + " cannot have a write-ahead log where it is; move it to a disk of this"
                                + " machine",
                        Effect.NONE,
                        null);
            }
            // The two after it are for macOS, where fsync alone leaves bytes in the drive's cache.
            session.script("""
                pragma synchronous = full;
                pragma fullfsync = on;
                pragma checkpoint_fullfsync = on;
                pragma cache_size = -32768;
                pragma wal_autocheckpoint = 4000;
                pragma journal_size_limit = 67108864\
                """);
            if (!session.pragma("synchronous").equals("2")) {
                throw new StoreException("SQLite file " + file + " is not synced at each commit", Effect.NONE, null);
            }
            return session;
        } catch (SQLException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /**
     * Every file of Leat has a write-ahead log, but one that was put together by {@code .recover} or {@code .dump}: there, rows may be
     * missing of those that tell how many others there are. Before it gets its log, so that this is done again if it does not come to its end.
     */
    private void rebuild(Session session) throws SQLException {
        boolean holdsJobs = Integer.parseInt(session.pragma("user_version")) > 0;
        if (!holdsJobs || session.pragma("journal_mode").equals("wal")) {
            return;
        }
        LOG.info("{} was put together from another file; its counts are made anew", file);
        session.execute("begin immediate");
        try {
            session.script(Statements.rebuild());
            session.execute("commit");
        } catch (SQLException | RuntimeException e) {
            rollBack(session, e);
            throw e;
        }
    }

    /** Throws if the file is somebody else's, or a newer Leat's. */
    private void requireOurs(Session session) throws SQLException {
        int version = Integer.parseInt(session.pragma("user_version"));
        int application = Integer.parseInt(session.pragma("application_id"));
        boolean fresh = session.pragma("schema_version").equals("0");
        if (application != APPLICATION && !fresh) {
            throw new StoreException(
                    "SQLite file " + file + " holds something else than Leat's jobs; name another file",
                    Effect.NONE,
                    null);
        }
        if (version > SCHEMA_VERSION) {
            throw new StoreException(
                    "SQLite file " + file + " was made by a newer Leat: its schema is of version " + version
                            + ", and this one knows " + SCHEMA_VERSION + "; run the newer one",
                    Effect.NONE,
                    null);
        }
    }

    /** One of those that only read. */
    Session reader() throws SQLException {
        Session session = connected();
        try {
            session.script("pragma cache_size = -8192; pragma query_only = on");
            return session;
        } catch (SQLException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private Session connected() throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(LOCK_WAIT_MILLIS);
        // As a URI, so that no character of a file's name means anything to the driver.
        Connection connection = JDBC.createConnection("jdbc:sqlite:" + file.toUri(), config.toProperties());
        Session session = new Session(connection);
        try {
            // The driver tries to begin a transaction at each statement if it believes that none is open; and opens one
            // now.
            connection.setAutoCommit(false);
            session.execute("rollback");
            session.script("pragma temp_store = memory; pragma trusted_schema = off");
            return session;
        } catch (SQLException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /**
     * Makes the schema, or brings it up to date, in one transaction.
     *
     * @param session {@link #writer}'s
     */
    void migrate(Session session) throws SQLException {
        session.execute("begin immediate");
        try {
            int version = Integer.parseInt(session.pragma("user_version"));
            for (int next = version + 1; next <= SCHEMA_VERSION; next++) {
                session.script(Statements.migration(next));
            }
            if (version < SCHEMA_VERSION) {
                session.script("pragma application_id = " + APPLICATION);
                session.script("pragma user_version = " + SCHEMA_VERSION);
            }
            session.execute("commit");
        } catch (SQLException | RuntimeException e) {
            rollBack(session, e);
            throw e;
        }
    }

    private static void rollBack(Session session, Exception because) {
        try {
            session.execute("rollback");
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }
}
