package dev.leat.api;

import java.util.Objects;

/**
 * A value the caller passed is not allowed. Thrown before anything is stored.
 *
 * <p>{@link #code()} and {@link #field()} are stable and fit for programs; {@link #getMessage()} is a sentence for people.
 */
public final class InvalidValueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final String field;
    private final String problem;
    private final String allowed;

    /**
     * Tells what is wrong and what is allowed.
     *
     * @param code stable upper-case code, such as {@code NAME_INVALID}
     * @param field the field as the caller knows it, such as {@code queue}
     * @param problem what is wrong with the value, as the rest of a sentence that starts with the field
     * @param allowed what would be accepted
     */
    public InvalidValueException(String code, String field, String problem, String allowed) {
        super(field + " " + problem + "; allowed: " + allowed);
        this.code = Objects.requireNonNull(code);
        this.field = Objects.requireNonNull(field);
        this.problem = Objects.requireNonNull(problem);
        this.allowed = Objects.requireNonNull(allowed);
    }

    /** The same for a value that the caller knows by another name, such as its path in a document. */
    public InvalidValueException in(String path) {
        return new InvalidValueException(code, path, problem, allowed);
    }

    public String code() {
        return code;
    }

    public String field() {
        return field;
    }

    /** The rest of a sentence that starts with the field. */
    public String problem() {
        return problem;
    }

    public String allowed() {
        return allowed;
    }
}
