package dev.leat.wire;

import org.jspecify.annotations.Nullable;

/** Why a call was refused or failed: problem details as in RFC 9457, with a stable code and the field that is to blame. */
@Doc("Why a call was refused or failed (RFC 9457).")
public record Problem(
        @Doc("The HTTP status.") int status,
        @Doc("The status in words.") String title,
        @Doc("Stable, for programs, such as NAME_INVALID.") String code,
        @Doc("A sentence for people.") String message,

        @Doc("The field, parameter or header that is to blame.") @Nullable
        String field,

        @Doc("What would be accepted.") @Nullable String allowed) {
    public static final String MEDIA_TYPE = "application/problem+json";

    public Problem(int status, String title, String code, String message) {
        this(status, title, code, message, null, null);
    }
}
