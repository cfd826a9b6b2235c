package dev.leat.verify.torture;

import dev.leat.api.control.ControlStore;
import dev.leat.api.store.JobStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Both stores as one process has them open. */
public interface Stores extends AutoCloseable {
    JobStore jobs();

    ControlStore control();

    /** The database that the jobs are kept in, if callers can have transactions of their own there. */
    Optional<Database> database();

    /** From now on no call may wait long for a store that hangs. */
    void hurry();

    @Override
    void close();

    /** A database that callers connect to. */
    @FunctionalInterface
    interface Database {
        /** A connection of the caller's own. */
        Connection connect() throws SQLException;
    }

    /** How a process comes by its stores. */
    @FunctionalInterface
    interface Opening {
        /**
         * Opens them.
         *
         * @throws dev.leat.api.StoreException if they cannot be used now
         */
        Stores open();
    }
}
