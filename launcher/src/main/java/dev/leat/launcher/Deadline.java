package dev.leat.launcher;

import dev.leat.launcher.LauncherException.Reason;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The moment until which one operation may wait, on the monotonic clock. Starting gives up when its thread is
 * interrupted; stopping does not, because a server left behind is worse than a few seconds more.
 */
record Deadline(long endNanos, boolean interruptible) {
    /** How often a condition that nobody can signal (another process, a file) is looked at again. */
    private static final long PAUSE_NANOS = Duration.ofMillis(10).toNanos();

    static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos(), true);
    }

    static Deadline uninterruptible(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos(), false);
    }

    boolean passed() {
        return System.nanoTime() - endNanos >= 0;
    }

    /** A short wait before looking again; {@link Reason#INTERRUPTED} if interruptible and interrupted. */
    void pause() {
        if (interruptible) {
            LockSupport.parkNanos(PAUSE_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                throw new LauncherException(Reason.INTERRUPTED, "Interrupted while waiting for PostgreSQL");
            }
        } else {
            boolean interrupted = Thread.interrupted(); // else park would return at once, each time
            LockSupport.parkNanos(PAUSE_NANOS);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
