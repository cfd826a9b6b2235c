package dev.leat.kv;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The store's clock, in microseconds since 1970. It never runs backwards, and never shows a time before one that was stored. If
 * the clock behind it was set back it goes on at half that clock's pace until the two agree, so that leases end and jobs become due
 * meanwhile. Thread-safe.
 */
final class StoreTime {
    private static final long MICROS = 1_000_000;

    private final InstantSource source;
    private long read;
    private long now;

    StoreTime(InstantSource source) {
        this.source = source;
        read = micros(source.instant());
        now = read;
    }

    /** Time goes on from here, if it is not later already. */
    synchronized void notBefore(long stored) {
        now = Math.max(now, stored);
    }

    synchronized long now() {
        long latest = micros(source.instant());
        long passed = Math.max(0, latest - read);
        read = latest - passed % 2;
        now = Math.max(latest, now + passed / 2);
        return now;
    }

    static long micros(Instant instant) {
        return instant.getEpochSecond() * MICROS + instant.getNano() / 1_000;
    }

    /** Rounded up, so that nothing happens early. */
    static long microsNotBefore(Instant instant) {
        return micros(instant.plusNanos(999));
    }

    /** Rounded up. */
    static long micros(Duration duration) {
        return Math.ceilDiv(duration.toNanos(), 1_000L);
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1_000);
    }
}
