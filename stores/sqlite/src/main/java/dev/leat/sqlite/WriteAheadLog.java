package dev.leat.sqlite;

import java.io.File;
import java.nio.file.Path;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds how long the log gets. SQLite begins it anew at its front when it finds a moment in which nobody reads from it, and readers that
 * overlap without a pause leave none. Then this makes one, by waiting for those that read an older state; those that come meanwhile
 * read from the file, and are not kept waiting. For the writer's thread alone.
 */
final class WriteAheadLog {
    /** Twice what SQLite leaves of it when it begins anew. */
    static final long MOST = 128L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(WriteAheadLog.class);

    private final File file;
    private final long most;
    private long next;

    /** @param most bytes, from which on it is cut */
    WriteAheadLog(Path database, long most) {
        file = new File(database + "-wal");
        this.most = most;
        next = most;
    }

    /**
     * Cuts it if it has become too long: between transactions. Waits for readers as long as a statement waits for a lock, and if one stays
     * longer, tries again when as much has been written once more.
     */
    void bound(Session session) {
        if (file.length() < next) {
            return;
        }
        try {
            session.pragma("wal_checkpoint(truncate)");
        } catch (SQLException e) {
            LOG.warn("the log {} could not be written back", file, e);
        }
        long left = file.length();
        if (left >= most) {
            LOG.warn("the log {} has {} bytes, since somebody has been reading for long", file, left);
        }
        next = left + most;
    }
}
