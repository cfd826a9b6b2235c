package dev.leat.api.driver;

import dev.leat.api.StoreException;

/**
 * A technology that jobs can be kept in. A module that brings one names it to {@link java.util.ServiceLoader}. Thread-safe.
 */
public interface StoreDriver {
    /** As a configuration names it, such as {@code postgres}. */
    String name();

    /** Whether a configuration may call it so. */
    default boolean isNamed(String name) {
        return name().equals(name);
    }

    /** Whether a URL is one of this technology, by how it begins. */
    boolean takes(String url);

    /** What its URLs look like, such as {@code jdbc:postgresql://host:port/database}. */
    String urls();

    /**
     * Checks settings without a look at the place that they name.
     *
     * @throws dev.leat.api.InvalidValueException for one that is not allowed; its field is {@code url}, {@code user}, {@code password}, {@code
     *     connections}, {@code durability} or the name of the option
     */
    void check(StoreSettings settings);

    /**
     * Opens the place, which is made ready first if it is new.
     *
     * @throws dev.leat.api.InvalidValueException as {@link #check} does
     * @throws StoreException if it cannot be reached or used, or is less durable than required
     */
    Stores open(StoreSettings settings);

    /**
     * The same server or folder, where what is kept shares nothing with what others keep there: to try it out, until {@link #remove}.
     *
     * @param name 1 to 40 characters of a-z, 0-9 and '_', the first a letter
     * @throws dev.leat.api.InvalidValueException as {@link #check} does
     */
    StoreSettings apart(StoreSettings settings, String name);

    /**
     * Removes all that is kept under these settings. Nobody may have it open. What is not there is removed already.
     *
     * @throws StoreException if the place cannot be reached or changed
     */
    void remove(StoreSettings settings);
}
