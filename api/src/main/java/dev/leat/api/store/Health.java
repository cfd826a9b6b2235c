package dev.leat.api.store;

/**
 * Whether the store can be used now.
 *
 * @param detail one sentence for people: what it is, or what is wrong and what to do
 */
public record Health(Status status, String detail) {
    public enum Status {
        HEALTHY,
        /** Works, but not as declared, such as with a setting that lowers durability. */
        DEGRADED,
        UNHEALTHY
    }
}
