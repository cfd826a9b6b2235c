package dev.leat.redis;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.util.regex.Pattern;

/**
 * How blocks of jobs wait in streams.
 *
 * @param group the consumer group that reads them; all who share a place must name the same
 * @param maxLength how many entries of a stream stay once all of their jobs have ended: 0 to {@value #MOST_KEPT}. What is unread or pending is never
 *     removed.
 */
public record StreamsConfig(String group, int maxLength) {
    public static final int MOST_KEPT = 10_000_000;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    public static final StreamsConfig DEFAULT = new StreamsConfig("workers", 100_000);

    public StreamsConfig {
        if (!NAME.matcher(group).matches()) {
            throw new InvalidValueException(
                    "GROUP_INVALID",
                    "group",
                    "is " + Checks.shown(group),
                    "1 to 63 characters of a-z, 0-9, '.', '_' and '-', the first a letter or a digit");
        }
        Checks.range("max_length", maxLength, 0, MOST_KEPT);
    }

    public StreamsConfig withGroup(String name) {
        return new StreamsConfig(name, maxLength);
    }

    public StreamsConfig withMaxLength(int entries) {
        return new StreamsConfig(group, entries);
    }
}
