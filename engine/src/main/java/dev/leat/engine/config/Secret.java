package dev.leat.engine.config;

/**
 * A text that must not be shown: {@link #toString} hides it, so that no log line and no message can hold it.
 *
 * <p>In the configuration a secret may be written as {@code file:/run/secrets/name}: then it is that file's content, UTF-8, at
 * most 64 KiB, without the line break at its end.
 */
public final class Secret {
    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    public static Secret of(String value) {
        return new Secret(value);
    }

    /** The text itself. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && secret.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** Always the same three stars. */
    @Override
    public String toString() {
        return "***";
    }
}
