package dev.leat.api;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes a job carries, or the bytes of its result. Kept and returned byte for byte: a store never parses, reorders or
 * re-encodes them.
 *
 * <p>The arrays are not copied, neither on the way in nor out; nobody may change them.
 */
public final class Payload {
    /** The most bytes that travel inside a job: 256 KiB. */
    public static final int MAX_BYTES = 256 * 1024;

    private final byte[] bytes;
    private final ContentType contentType;

    private Payload(byte[] bytes, ContentType contentType) {
        this.bytes = bytes;
        this.contentType = contentType;
    }

    /** Refuses more than {@link #MAX_BYTES} bytes with an {@link InvalidValueException}. */
    public static Payload of(byte[] bytes, ContentType contentType) {
        return of("payload", bytes, contentType);
    }

    /** As {@link #of(byte[], ContentType)}, for bytes that the caller knows by another name, such as {@code result}. */
    public static Payload of(String field, byte[] bytes, ContentType contentType) {
        if (bytes.length > MAX_BYTES) {
            throw new InvalidValueException(
                    "PAYLOAD_TOO_LARGE", field, "has " + bytes.length + " bytes", "at most " + MAX_BYTES + " bytes");
        }
        return new Payload(bytes, contentType);
    }

    public static Payload json(String json) {
        return of(json.getBytes(StandardCharsets.UTF_8), ContentType.JSON);
    }

    public byte[] bytes() {
        return bytes;
    }

    public ContentType contentType() {
        return contentType;
    }

    public int size() {
        return bytes.length;
    }

    /** The SHA-256 of {@link #bytes()}, computed at each call: 32 bytes. */
    public byte[] sha256() {
        return new Sha256().add(bytes).bytes();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload that && contentType == that.contentType && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Size and type, never the content: payloads may hold secrets. */
    @Override
    public String toString() {
        return "Payload(" + bytes.length + " bytes, " + contentType.mediaType() + ")";
    }
}
