package dev.leat.engine.config;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, written as {@code 512B}, {@code 64KiB}, {@code 16MiB} or {@code 2GiB}.
 *
 * @param bytes 0 or more
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
    /** What {@link #parse} takes, for messages. */
    static final String FORM = "a size such as 512B, 64KiB, 16MiB or 2GiB";

    private static final Pattern TEXT = Pattern.compile("(\\d{1,10})(B|KiB|MiB|GiB)");
    /** Each is 1,024 of the one before. */
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB");

    public ByteSize {
        Checks.range("bytes", bytes, 0, Long.MAX_VALUE);
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws InvalidValueException if it is anything else, such as a number without a unit
     */
    public static ByteSize parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidValueException("SIZE_INVALID", "size", "is " + Checks.shown(text), FORM);
        }
        // Ten digits and thirty bits fit into 63.
        return new ByteSize(Long.parseLong(matcher.group(1)) << (10 * UNITS.indexOf(matcher.group(2))));
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** In the largest unit that needs no fraction. */
    @Override
    public String toString() {
        int unit = bytes == 0 ? 0 : Math.min(UNITS.size() - 1, Long.numberOfTrailingZeros(bytes) / 10);
        return (bytes >> (10 * unit)) + UNITS.get(unit);
    }
}
