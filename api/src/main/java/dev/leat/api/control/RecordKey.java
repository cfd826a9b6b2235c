package dev.leat.api.control;

import dev.leat.api.Checks;

/**
 * Where a record is: a space, such as {@code nodes}, and a name that is unique within it. Both are names as {@link
 * Checks#name} allows.
 */
public record RecordKey(String space, String name) {
    public RecordKey {
        Checks.name("space", space);
        Checks.name("name", name);
    }
}
