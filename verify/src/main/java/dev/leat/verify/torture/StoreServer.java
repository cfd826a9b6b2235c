package dev.leat.verify.torture;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/** The server of a store that is there to be broken, for many processes. */
public interface StoreServer extends StorePlace {
    /** Where it listens now; empty if nothing can stand between it and those who use it. */
    Optional<InetSocketAddress> address();

    /** Kills every process of it at once. */
    void kill();

    /** Starts it again after {@link #kill}; returns when it can be used. */
    void restart();

    /** Kills one of its processes that serve connections; returns when it can be used again. */
    void killBackend();

    /** All processes of it, the one first that starts the others. */
    List<Long> processes();
}
