package dev.leat.redis;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How available jobs wait in streams. Who shares a place must name the same stream and group.
 *
 * @param stream what the names of the streams begin with, behind the prefix
 * @param group the consumer group that entries are read by
 * @param maxLength how many entries of a stream stay for replay once all of their jobs have ended; what is unread or pending is never removed
 */
public record StreamsConfig(String stream, String group, int maxLength) {
    /** The most entries of a stream that can be kept for replay. */
    public static final int MOST_KEPT = 10_000_000;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    public static final StreamsConfig DEFAULT = new StreamsConfig("stream", "workers", 100_000);

    public StreamsConfig {
        requireName("stream", stream);
        requireName("group", group);
        Checks.range("max_length", maxLength, 0, MOST_KEPT);
    }

    private static void requireName(String field, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidValueException(
                    field.toUpperCase(Locale.ROOT) + "_INVALID",
                    field,
                    "is " + Checks.shown(name),
                    "1 to 63 characters of a-z, 0-9, '.', '_' and '-', the first a letter or a digit");
        }
    }

    public StreamsConfig withStream(String name) {
        return new StreamsConfig(name, group, maxLength);
    }

    public StreamsConfig withGroup(String name) {
        return new StreamsConfig(stream, name, maxLength);
    }

    public StreamsConfig withMaxLength(int entries) {
        return new StreamsConfig(stream, group, entries);
    }
}
