package dev.leat.engine.config;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts environment variables into values: <code>${NAME}</code>, <code>${NAME:default}</code>; <code>$${</code> is <code>${</code>. */
final class Placeholders {
    private static final Pattern PLACE = Pattern.compile("\\$(\\$?)\\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?\\})?");

    private Placeholders() {}

    /**
     * The text with its variables in it. What a variable holds is not looked through again.
     *
     * @throws InvalidValueException if a variable is not set and has no default, or is not written as one
     */
    static String fill(String text, Map<String, String> environment) {
        if (!text.contains("${")) {
            return text;
        }
        return PLACE.matcher(text).replaceAll(match -> {
            if (!match.group(1).isEmpty()) {
                return Matcher.quoteReplacement(match.group().substring(1));
            }
            String name = match.group(2);
            if (name == null) {
                throw new InvalidValueException(
                        "PLACEHOLDER_INVALID",
                        "value",
                        "has a ${ in it that no variable follows",
                        "${NAME}, ${NAME:default}, or $${ for the characters themselves");
            }
            String value = environment.getOrDefault(name, "");
            if (!value.isEmpty()) {
                return Matcher.quoteReplacement(value);
            }
            if (match.group(3) == null) {
                throw new InvalidValueException(
                        "VARIABLE_UNSET",
                        "value",
                        "needs the environment variable " + Checks.shown(name) + ", which is not set",
                        "a variable that is set, or a default: ${" + name + ":default}");
            }
            return Matcher.quoteReplacement(match.group(3));
        });
    }
}
