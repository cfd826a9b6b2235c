package dev.leat.wire;

import dev.leat.api.InvalidValueException;

@Doc("What a job is to carry instead.")
public record ReplacePayload(
        @Doc("Any JSON value, kept byte for byte. At most 256 KiB.")
        RawJson payload) {
    public ReplacePayload {
        if ((Object) payload == null) {
            throw new InvalidValueException("FIELD_MISSING", "payload", "is missing", "any JSON value");
        }
    }
}
