package dev.leat.api;

/** How to read a payload's bytes. Stores keep the {@link #code()}, so a code is never given a new meaning. */
public enum ContentType {
    JSON(0, "application/json"),
    BYTES(1, "application/octet-stream"),
    TEXT(2, "text/plain; charset=utf-8");

    private final int code;
    private final String mediaType;

    ContentType(int code, String mediaType) {
        this.code = code;
        this.mediaType = mediaType;
    }

    public static ContentType ofCode(int code) {
        for (ContentType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new InvalidValueException("CONTENT_TYPE_UNKNOWN", "content_type", "has code " + code, "0, 1 or 2");
    }

    public int code() {
        return code;
    }

    public String mediaType() {
        return mediaType;
    }
}
