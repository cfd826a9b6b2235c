package dev.leat.api.driver;

import dev.leat.api.control.ControlStore;
import dev.leat.api.store.JobStore;
import java.util.Optional;

/** The stores of one place, open: for jobs, and perhaps for what a cluster remembers besides. They last until this is closed. Thread-safe. */
public interface Stores extends AutoCloseable {
    JobStore jobs();

    /** Empty if this technology keeps jobs only; then another place must keep what the cluster remembers. */
    Optional<ControlStore> controlStore();

    /** Says that this is going to be closed, so that nobody waits any more for a place that does not answer. */
    default void hurry() {}

    /** May be called twice. */
    @Override
    void close();
}
