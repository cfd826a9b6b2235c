package dev.leat.engine.config;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 250ms}, {@code 30s}, {@code 5m}, {@code 1h}, {@code 2d}. */
public final class Times {
    public static final String FORM = "a duration such as 250ms, 30s, 5m, 1h or 2d";

    private static final Pattern SHORT = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final Pattern ISO = Pattern.compile("\\bP(?:\\d+D)?(?:T(?:\\d+[HM])*(?:\\d+(?:\\.\\d+)?S)?)?\\b");
    private static final Map<String, Duration> UNITS = units();

    private Times() {}

    private static Map<String, Duration> units() {
        Map<String, Duration> units = new LinkedHashMap<>();
        units.put("d", Duration.ofDays(1));
        units.put("h", Duration.ofHours(1));
        units.put("m", Duration.ofMinutes(1));
        units.put("s", Duration.ofSeconds(1));
        units.put("ms", Duration.ofMillis(1));
        return units;
    }

    /** Reads the short form, or ISO-8601. */
    public static Duration parse(String text) {
        Matcher matcher = SHORT.matcher(text);
        if (matcher.matches()) {
            return UNITS.getOrDefault(matcher.group(2), Duration.ZERO).multipliedBy(Integer.parseInt(matcher.group(1)));
        }
        try {
            if (text.startsWith("P")) {
                return Duration.parse(text);
            }
        } catch (DateTimeParseException e) {
            // Falls through to the one message.
        }
        throw new InvalidValueException("DURATION_INVALID", "duration", "is " + Checks.shown(text), FORM);
    }

    /** In the largest unit that needs no fraction; ISO-8601 if there is none. */
    static String shown(Duration time) {
        if (time.isZero()) {
            return "0s";
        }
        return UNITS.entrySet().stream()
                .filter(unit -> time.toNanosPart() % 1_000_000 == 0
                        && time.toMillis() % unit.getValue().toMillis() == 0)
                .findFirst()
                .map(unit -> time.toMillis() / unit.getValue().toMillis() + unit.getKey())
                .orElseGet(time::toString);
    }

    /** The text with the ISO-8601 durations in it in the short form: checks speak then as whoever wrote the durations. */
    public static String spoken(String text) {
        return ISO.matcher(text).replaceAll(match -> {
            try {
                return Matcher.quoteReplacement(shown(Duration.parse(match.group())));
            } catch (DateTimeParseException | ArithmeticException e) {
                return Matcher.quoteReplacement(match.group());
            }
        });
    }
}
