package dev.leat.api.control;

/** The answer to a {@link ControlStore#write}. */
public sealed interface Written {
    /**
     * All changes are durable.
     *
     * @param version the version that every record put by this write now has; 0 if it put or deleted none
     */
    record Done(long version) implements Written {}

    /**
     * Nothing was changed: this record did not have the expected version.
     *
     * @param actual its version, or {@link Change#ABSENT}
     */
    record Conflict(RecordKey key, long actual) implements Written {}

    /** Nothing was changed: the leadership under which it was to be written has passed to a later epoch. */
    record Deposed(Leadership leadership) implements Written {}
}
