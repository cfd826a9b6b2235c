package dev.leat.redis;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets jobs in only while the server's settings are as required, as far as the last look at them told. One call a minute looks; once
 * settings were found wanting every call is refused until a look finds them put right. Thread-safe.
 */
final class SettingsGuard {
    private static final Duration CHECK = Duration.ofMinutes(1);

    private final RedisConfig config;
    private final Supplier<ServerSettings> asked;
    private final LongSupplier nanoTime;
    private final AtomicBoolean checking = new AtomicBoolean();
    private volatile long checkedAt;
    private volatile @Nullable String refusal;

    /** @param asked asks the server, which has just been found as required */
    SettingsGuard(RedisConfig config, Supplier<ServerSettings> asked, LongSupplier nanoTime) {
        this.config = config;
        this.asked = asked;
        this.nanoTime = nanoTime;
        checkedAt = nanoTime.getAsLong();
    }

    /** @throws StoreException with no effect, naming the setting to change, if jobs may not be stored now */
    void require() {
        boolean isDue = refusal != null || nanoTime.getAsLong() - checkedAt >= CHECK.toNanos();
        if (isDue && checking.compareAndSet(false, true)) {
            try {
                check();
            } catch (StoreException e) {
                throw refused(String.valueOf(e.getMessage()), e);
            } finally {
                checking.set(false);
            }
        }
        String known = refusal; // possibly of a check that another call made meanwhile
        if (known != null) {
            throw refused(known, null);
        }
    }

    /** Looks now. If the server does not answer, what was known of it stays. */
    ServerSettings check() {
        long now = nanoTime.getAsLong();
        ServerSettings settings = asked.get();
        try {
            settings.require(config);
        } catch (StoreException e) {
            refusal = String.valueOf(e.getMessage());
            throw e;
        }
        refusal = null;
        checkedAt = now;
        return settings;
    }

    private static StoreException refused(String why, @Nullable StoreException cause) {
        return new StoreException(why, Effect.NONE, cause);
    }
}
