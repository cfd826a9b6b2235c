package dev.leat.verify.torture;

import dev.leat.verify.faults.ActiveFault;
import java.time.Duration;
import java.util.Optional;

/**
 * A place for a store that is there to be broken. Unless it is a {@link StoreServer}, the store is part of the one process that has it.
 */
public interface StorePlace extends AutoCloseable {
    /** The stores, straight at the place; where a process has them in itself, while there is none. */
    Stores open();

    /**
     * Cuts its power, and that of the process that has the store in itself; returns when it can be used again, or that process has ended
     * and another can.
     */
    void powerCut();

    /** Leaves it no room on its disk, until what is returned is closed; then it can be used again. */
    ActiveFault fillDisk();

    /** Sets the store's clock forward, for good. */
    void forward(Duration by);

    /** Why a fault cannot be brought about here; empty if it can. */
    Optional<String> impossible(FaultKind kind);

    @Override
    void close();
}
