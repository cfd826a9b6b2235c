package dev.leat.engine.codec;

/** A value could not be written as JSON, or a text is not the JSON of the type that was asked for. Asking again never helps. */
public final class JsonException extends RuntimeException {
    /** @param message a sentence that names the type, the place and the problem */
    JsonException(String message) {
        super(message);
    }

    /** @param message a sentence that names the type, the place and the problem */
    JsonException(String message, Throwable cause) {
        super(message, cause);
    }
}
