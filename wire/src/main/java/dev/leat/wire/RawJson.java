package dev.leat.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A JSON value as the very bytes that it was sent as, checked but never written anew. */
public final class RawJson {
    public static final RawJson NULL = of("null");

    private final byte[] bytes;

    /**
     * Holds a value.
     *
     * @param bytes one JSON value in UTF-8; not copied, and nobody may change it
     */
    public RawJson(byte[] bytes) {
        this.bytes = bytes;
    }

    public static RawJson of(String json) {
        return new RawJson(json.getBytes(UTF_8));
    }

    public byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RawJson that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The size, never the content, which may be a secret. */
    @Override
    public String toString() {
        return "RawJson(" + bytes.length + " bytes)";
    }
}
