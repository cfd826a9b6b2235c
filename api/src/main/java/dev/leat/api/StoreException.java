package dev.leat.api;

import org.jspecify.annotations.Nullable;

/**
 * The store could not do or could not confirm what was asked: the world is broken, not the call. {@link #effect()} says
 * whether it may have happened all the same.
 */
public sealed class StoreException extends RuntimeException permits KeyBusyException {
    private static final long serialVersionUID = 1L;

    /** Whether the call may have changed the store. */
    public enum Effect {
        /** Nothing was changed. */
        NONE,
        /** The answer was lost: it may have happened. Ask again with the same ids. */
        UNKNOWN
    }

    private final Effect effect;

    /**
     * Tells of a failure.
     *
     * @param message a sentence that says what failed and what to do next, without secrets
     */
    public StoreException(String message, Effect effect, @Nullable Throwable cause) {
        super(message, cause);
        this.effect = effect;
    }

    public Effect effect() {
        return effect;
    }
}
