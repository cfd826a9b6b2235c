package dev.leat.api.control;

/**
 * A record as it was read.
 *
 * @param version of this value; greater than the version of every write before it, to any record
 * @param value UTF-8 JSON text of the engine's own making, at most {@link ControlStore#MAX_VALUE} characters
 */
public record ControlRecord(RecordKey key, long version, String value) {}
