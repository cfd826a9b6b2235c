package dev.leat.api;

import org.jspecify.annotations.Nullable;

/**
 * Whether a unique key is free is being decided by somebody else, whose transaction took longer than a keyed job waits. Nothing was
 * stored; ask again.
 */
public final class KeyBusyException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** @param message a sentence that says which key it is */
    public KeyBusyException(String message, @Nullable Throwable cause) {
        super(message, Effect.NONE, cause);
    }
}
