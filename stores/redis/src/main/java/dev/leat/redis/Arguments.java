package dev.leat.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.store.Due;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What a script is called with, in order. Not thread-safe. */
final class Arguments {
    static final byte[] NOTHING = new byte[0];

    private final List<byte[]> values = new ArrayList<>();

    Arguments add(String value) {
        values.add(text(value));
        return this;
    }

    Arguments add(long value) {
        return add(Long.toString(value));
    }

    Arguments add(byte[] value) {
        values.add(value);
        return this;
    }

    byte[][] all() {
        return values.toArray(new byte[0][]);
    }

    static byte[] text(String value) {
        return value.getBytes(UTF_8);
    }

    /** Rounded up, so that nothing is due or ends early. */
    static long millis(Duration duration) {
        long millis = duration.toMillis();
        return duration.minusMillis(millis).isZero() ? millis : millis + 1;
    }

    static String due(Due due) {
        return switch (due) {
            case Due.Now() -> "0";
            case Due.After(Duration delay) -> delay.isZero() ? "0" : "+" + millis(delay);
            case Due.At(Instant instant) -> "@" + millis(Duration.between(Instant.EPOCH, instant));
        };
    }
}
