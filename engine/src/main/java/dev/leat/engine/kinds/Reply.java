package dev.leat.engine.kinds;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a server answered, as far as it was read. */
record Reply(int status, Map<String, String> headers, String body, boolean truncated) {
    /** How long the server asks to be left alone; null if it does not say, or cannot be understood. */
    @Nullable
    Duration retryAfter() {
        String wait = headers.get("retry-after");
        if (wait == null) {
            return null;
        }
        if (wait.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(wait));
        }
        String date = headers.get("date");
        if (date == null) {
            return null;
        }
        try {
            // Both by the server's clock, so ours need not be right.
            Duration until = Duration.between(time(date), time(wait));
            return until.isNegative() ? Duration.ZERO : until;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static ZonedDateTime time(String text) {
        return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
    }
}
