package dev.leat.api;

/**
 * Whose job it is. Every key of every store starts with it; {@code main} where nobody says otherwise.
 *
 * @param value 1 to 63 characters of {@code a-z 0-9 . _ -}, the first a letter or digit
 */
public record TenantName(String value) implements Comparable<TenantName> {
    /** The tenant of everybody who names none. */
    public static final TenantName MAIN = new TenantName("main");

    /** Refuses what is no name, with an {@link InvalidValueException} for the field {@code tenant}. */
    public TenantName {
        Checks.name("tenant", value);
    }

    @Override
    public int compareTo(TenantName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
