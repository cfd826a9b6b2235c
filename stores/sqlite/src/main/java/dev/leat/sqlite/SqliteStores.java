package dev.leat.sqlite;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.control.ControlStore;
import dev.leat.api.driver.Stores;
import dev.leat.api.store.JobStore;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Both stores in one SQLite file, for one process: its schema is made or brought up to date, then opened. Engines of the process share
 * them. Thread-safe.
 */
public final class SqliteStores implements Stores {
    private final Ownership ownership;
    private final Writer writer;
    private final Readers readers;
    private final SqliteWakeups wakeups = new SqliteWakeups();
    private final SqliteJobStore jobs;
    private final SqliteControlStore control;
    private boolean closed;

    private SqliteStores(Ownership ownership, Database database, Session first, SqliteConfig config)
            throws SQLException {
        this.ownership = ownership;
        StoreTime time = new StoreTime(config.clock());
        Lanes lanes = new Lanes();
        writer = new Writer(
                database, first, time, lanes, Writer.PATIENCE, new WriteAheadLog(database.file(), WriteAheadLog.MOST));
        readers = new Readers(database, config.readers());
        jobs = new SqliteJobStore(database, writer, readers, time, lanes, wakeups);
        control = new SqliteControlStore(writer, readers, time);
    }

    /**
     * Opens the file, which is made if it is missing.
     *
     * @throws StoreException if the file is open elsewhere, is of another program or a newer Leat, or cannot be written
     */
    public static SqliteStores open(SqliteConfig config) {
        Ownership ownership = Ownership.of(config.file());
        try {
            SqliteStores stores = open(ownership, config);
            stores.writer.start();
            return stores;
        } catch (RuntimeException | Error e) {
            ownership.close();
            throw e;
        }
    }

    /** Deletes the file, and what is beside it. */
    static void remove(SqliteConfig config) {
        try (Ownership ownership = Ownership.of(config.file())) {
            ownership.deleteAll();
        }
    }

    private static SqliteStores open(Ownership ownership, SqliteConfig config) {
        Database database = new Database(ownership.file());
        try {
            Session session = database.writer();
            try {
                database.migrate(session);
                return new SqliteStores(ownership, database, session, config);
            } catch (SQLException | RuntimeException | Error e) {
                session.close();
                throw e;
            }
        } catch (SQLException e) {
            throw Trouble.exception(database.file(), e, Effect.NONE);
        }
    }

    @Override
    public JobStore jobs() {
        return jobs;
    }

    public ControlStore control() {
        return control;
    }

    @Override
    public Optional<ControlStore> controlStore() {
        return Optional.of(control);
    }

    /** For tests, which look at what the writer does and break its connection. */
    Writer writer() {
        return writer;
    }

    /** Answers what was asked before, then closes both stores and gives the file up. May be called twice. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        wakeups.close();
        writer.close();
        readers.close();
        ownership.close();
    }
}
