package dev.leat.engine.config;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checks of configuration records that say what they found as the file does. */
final class Bounds {
    private static final Pattern HOST =
            Pattern.compile("[\\p{Alnum}_-]+(?:\\.[\\p{Alnum}_-]+)*\\.?|\\[?\\p{XDigit}*:[\\p{XDigit}:.]+]?");

    private Bounds() {}

    /** A list with {@code min..max} items, both included. */
    static <T> List<T> items(String field, List<T> value, int min, int max) {
        if (value.size() < min || value.size() > max) {
            String found = value.isEmpty() ? "is empty" : "has " + value.size() + " items";
            throw new InvalidValueException("OUT_OF_RANGE", field, found, "a list of " + min + " to " + max + " items");
        }
        return List.copyOf(value);
    }

    /** A list of at most {@code max} names or addresses of hosts. */
    static List<String> hosts(String field, List<String> value, int max) {
        List<String> hosts = items(field, value, 0, max);
        List<String> wrong =
                hosts.stream().filter(host -> !HOST.matcher(host).matches()).toList();
        if (!wrong.isEmpty()) {
            throw new InvalidValueException(
                    "HOST_INVALID",
                    field,
                    "has " + wrong.stream().map(Checks::shown).collect(Collectors.joining(", "))
                            + (wrong.size() == 1 ? ", which is no name of a host" : ", which are no names of hosts"),
                    "names or addresses without scheme, port and wildcards");
        }
        return hosts;
    }

    /** A size in {@code min..max}, both included. */
    static ByteSize size(String field, ByteSize value, ByteSize min, ByteSize max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new InvalidValueException("OUT_OF_RANGE", field, "is " + value, "a size from " + min + " to " + max);
        }
        return value;
    }
}
