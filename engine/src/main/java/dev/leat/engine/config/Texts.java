package dev.leat.engine.config;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/** The single values that are known by their class. */
final class Texts {
    static final Map<Class<?>, Shape.Text> KNOWN = Map.of(
            String.class, text("text", "a text", value -> value),
            int.class,
                    text("whole number", "a whole number", value ->
                            (int) whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE)),
            long.class, text("whole number", "a whole number", value -> whole(value, Long.MIN_VALUE, Long.MAX_VALUE)),
            boolean.class, text("true or false", "true or false", Texts::truth),
            Duration.class, text("duration", Times.FORM, Times::parse),
            Age.class, text("duration or never", Age.FORM, Age::parse),
            ByteSize.class, text("size", ByteSize.FORM, ByteSize::parse),
            Path.class, text("path", "a path", Texts::path),
            URI.class, text("URI", "a URI", Texts::uri),
            Secret.class, new Shape.Text("secret", "a text, or file: and the path of a file", true, SecretFile::read));

    private Texts() {}

    private static Shape.Text text(String word, String allowed, Function<String, Object> reader) {
        return new Shape.Text(word, allowed, false, reader);
    }

    static InvalidValueException invalid(String text, String allowed) {
        return new InvalidValueException("VALUE_INVALID", "value", "is " + Checks.shown(text), allowed);
    }

    /** A leading zero is refused: half of all YAML readers take the number for octal. */
    private static long whole(String text, long min, long max) {
        if (!text.matches("0|-?[1-9][0-9]*")) {
            throw invalid(text, text.matches("-?0[0-9]+") ? "a whole number without leading zeros" : "a whole number");
        }
        try {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // It is larger still.
        }
        throw invalid(text, "a whole number from " + min + " to " + max);
    }

    private static Boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid(text, "true or false");
        };
    }

    private static Path path(String text) {
        if (text.isEmpty() || text.indexOf('\0') >= 0) {
            throw invalid(text, "a path");
        }
        return Path.of(text);
    }

    private static URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw invalid(text, "a URI");
        }
    }
}
