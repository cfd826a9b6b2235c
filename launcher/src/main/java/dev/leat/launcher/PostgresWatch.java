package dev.leat.launcher;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after a server until it is closed: see {@link PostgresServer#watch}. */
public final class PostgresWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PostgresWatch.class);

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** A server that has run for so long did not fail to start. */
    private static final Duration WELL = Duration.ofMinutes(1);

    private final BooleanSupplier down;
    private final BooleanSupplier revive;
    private final Supplier<String> name;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().name("leat-postgres-watch").daemon().unstarted(this::run);

    PostgresWatch(BooleanSupplier down, BooleanSupplier revive, Supplier<String> name) {
        this.down = down;
        this.revive = revive;
        this.name = name;
        thread.start();
    }

    private void run() {
        int deaths = 0;
        long upSince = System.nanoTime();
        while (!closedWithin(LOOK)) {
            if (!down.getAsBoolean()) {
                deaths = System.nanoTime() - upSince > WELL.toNanos() ? 0 : deaths;
                continue;
            }
            if (closedWithin(pause(deaths))) {
                return;
            }
            deaths++;
            revived();
            upSince = System.nanoTime();
        }
    }

    private void revived() {
        try {
            if (revive.getAsBoolean()) {
                log.warn("{} died and was started again; nothing that was committed is lost", name.get());
            }
        } catch (RuntimeException e) {
            if (closed.getCount() > 0) {
                // Without what PostgreSQL printed, which follows in further lines and is in its own log too.
                String first =
                        String.valueOf(e.getMessage()).lines().findFirst().orElse("");
                log.warn("{} died and cannot be started again yet: {}", name.get(), first);
            }
        }
    }

    /** None after the first death; then from a second on, twice as long each time. */
    static Duration pause(int deaths) {
        if (deaths == 0) {
            return Duration.ZERO;
        }
        Duration grown = Duration.ofSeconds(1L << Math.min(deaths - 1, 10));
        return grown.compareTo(LONGEST_PAUSE) < 0 ? grown : LONGEST_PAUSE;
    }

    private boolean closedWithin(Duration time) {
        try {
            return closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // Only close() does that.
            return true;
        }
    }

    /** From now on the server is not started again; a start that is under way is given up. May be called twice. */
    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
