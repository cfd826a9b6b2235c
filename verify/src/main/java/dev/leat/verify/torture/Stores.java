package dev.leat.verify.torture;

import dev.leat.api.control.ControlStore;
import dev.leat.api.store.JobStore;
import java.sql.Connection;
import java.sql.SQLException;

/** Both stores as one process has them open. */
public interface Stores extends AutoCloseable {
    JobStore jobs();

    ControlStore control();

    /** A connection of the caller's own to the database that the jobs are kept in. */
    Connection connect() throws SQLException;

    /** From now on no call may wait long for a store that hangs. */
    void hurry();

    @Override
    void close();

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
