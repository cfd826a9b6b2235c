package dev.leat.verify.torture;

import dev.leat.verify.faults.ActiveFault;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The server of a store that is there to be broken. */
public interface StoreServer extends AutoCloseable {
    /** Where it listens now. */
    InetSocketAddress address();

    /** The stores, straight at the server. */
    Stores open();

    /** Kills every process of it at once. */
    void kill();

    /** Starts it again after {@link #kill}; returns when it can be used. */
    void restart();

    /** Kills one of its processes that serve connections; returns when it can be used again. */
    void killBackend();

    /** All processes of it, the one first that starts the others. */
    List<Long> processes();

    /** Cuts its power; returns when it can be used again. */
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
