package dev.leat.cli.screen;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Moments as people say them, seen from one moment: {@code 5 s ago}, {@code in 3 min}. */
public record Ages(Instant now) {
    /** Seen from now, by this machine's clock: what is shown is for its user and decides nothing. */
    public static Ages fromNow() {
        return new Ages(InstantSource.system().instant());
    }

    /** A dash if there is no such moment. */
    public String of(@Nullable Instant moment) {
        if (moment == null) {
            return "-";
        }
        Duration ago = Duration.between(moment, now);
        if (ago.abs().toMillis() < 500) {
            return "now";
        }
        return ago.isNegative() ? "in " + length(ago.negated()) : length(ago) + " ago";
    }

    /** The moment itself, and how long ago it was. */
    public String exactly(Instant moment) {
        return moment + " (" + of(moment) + ")";
    }

    private static String length(Duration time) {
        long seconds = Math.max(1, Math.round(time.toMillis() / 1_000.0));
        if (seconds < 90) {
            return seconds + " s";
        }
        if (seconds < 90 * 60) {
            return Math.round(seconds / 60.0) + " min";
        }
        return seconds < 36 * 3_600 ? Math.round(seconds / 3_600.0) + " h" : Math.round(seconds / 86_400.0) + " d";
    }
}
