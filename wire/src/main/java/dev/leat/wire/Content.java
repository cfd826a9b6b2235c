package dev.leat.wire;

import org.jspecify.annotations.Nullable;

@Doc("Bytes that a job carries or left as its result, with the text of them if they are text.")
public record Content(
        @Doc("The media type.") String contentType,
        @Doc("Bytes.") int size,
        @Doc("SHA-256 of the bytes, in hexadecimal digits.") String sha256,

        @Doc("The bytes as text, if they are UTF-8. Show it as text, never as HTML.") @Nullable
        String text,

        @Doc("The bytes in base 64, if they are not UTF-8.") @Nullable
        String base64) {}
