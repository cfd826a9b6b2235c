package dev.leat.api;

/**
 * What a job does: a stable name that the application chooses, never a class name.
 *
 * @param value 1 to 63 characters of {@code a-z 0-9 . _ -}, the first a letter or digit
 */
public record KindName(String value) implements Comparable<KindName> {
    /** Refuses what is no name, with an {@link InvalidValueException} for the field {@code kind}. */
    public KindName {
        Checks.name("kind", value);
    }

    @Override
    public int compareTo(KindName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
