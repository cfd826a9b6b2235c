package dev.leat.engine.id;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A node number and who holds it, as the control store keeps it.
 *
 * @param node the holder's unique name
 * @param until the last second since 2024 in which ids of this number may be made; never less than one in which some were
 * @param kinds the kinds of job the node runs, at most {@link #MOST_KINDS} of them
 * @param lastSeen when the holder last wrote this, by the store's clock
 */
public record NodeRecord(
        String node,
        @JsonProperty(required = true) long until,
        NodeStatus status,
        List<String> kinds,
        @JsonProperty("last_seen") Instant lastSeen,
        Metadata metadata) {
    /** More would not fit into a record. */
    public static final int MOST_KINDS = 500;

    public NodeRecord {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(lastSeen, "last_seen");
        Objects.requireNonNull(metadata, "metadata");
        kinds = kinds.stream().limit(MOST_KINDS).toList();
    }

    /**
     * Where the holder runs.
     *
     * @param version of Leat
     */
    public record Metadata(String host, long pid, String version) {}
}
