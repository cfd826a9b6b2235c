package dev.leat.bench;

/** What was measured did not do what it should have done. */
public final class WrongResultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WrongResultException(String message) {
        super(message);
    }

    /** Throws unless both are equal. */
    public static void requireEqual(String what, long expected, long actual) {
        if (expected != actual) {
            throw new WrongResultException("%s: %,d expected, %,d found".formatted(what, expected, actual));
        }
    }
}
