package dev.leat.cli.torture;

import dev.leat.verify.torture.StorePlace;
import java.util.Map;

/** A store of our own that is there to be broken by {@code leat torture}. */
public interface Tortured extends StorePlace {
    /**
     * How a process of the load finds it.
     *
     * @param port by which it is reached; 0 if there is none
     */
    Map<String, String> environment(int port);

    /** A process of the load was started; it may have the store in itself. */
    default void started(Process process) {}
}
