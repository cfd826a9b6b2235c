package dev.leat.engine.id;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a node tells the others about itself. */
public enum NodeStatus {
    /** Works. */
    @JsonProperty("running")
    RUNNING,
    /** Finishes what it holds and takes nothing new. */
    @JsonProperty("draining")
    DRAINING,
    /** Has given its number back. */
    @JsonProperty("stopped")
    STOPPED
}
