package dev.leat.verify.torture;

import dev.leat.api.control.ControlStore;
import dev.leat.api.store.JobStore;

/** Both stores as one process has them open. */
public interface Stores extends AutoCloseable {
    JobStore jobs();

    ControlStore control();

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
