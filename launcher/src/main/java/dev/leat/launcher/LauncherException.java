package dev.leat.launcher;

import org.jspecify.annotations.Nullable;

/**
 * A server could not be started, reused or stopped. The message says what failed, shows the last lines of the server's
 * own log where there are any, and ends with what to do next. It never contains a password.
 */
public final class LauncherException extends RuntimeException {
    /** What kind of failure it was, for callers that react differently to some of them. */
    public enum Reason {
        /** No binaries are shipped for this operating system, processor or C library. */
        UNSUPPORTED_PLATFORM,
        /** The archive with the server's programs is absent or damaged. */
        BINARIES_UNUSABLE,
        /** The directory holds files that Leat did not put there; nothing in it was touched. */
        DIRECTORY_NOT_OURS,
        /** The directory, or one above it, may not be read, written or executed from. */
        PERMISSION_DENIED,
        /** The data was made by another major version of PostgreSQL; nothing in it was touched. */
        OTHER_VERSION,
        /** Another live user of the directory runs the server with a port or settings that contradict ours. */
        IN_USE,
        /** Something else listens on the port that was asked for. */
        PORT_TAKEN,
        /** PostgreSQL refuses to run as this operating system user. */
        USER_REFUSED,
        /** No space left on the device. */
        DISK_FULL,
        /** PostgreSQL rejects a setting's name or value. */
        BAD_SETTING,
        /** The server on our data does not accept the password kept beside it. */
        PASSWORD_REFUSED,
        /** The server, or another process that was starting it, took longer than the configured start time-out. */
        TIMED_OUT,
        /** The calling thread was interrupted (its interrupt flag is still set), or the JVM is shutting down. */
        INTERRUPTED,
        /** The server could not be started for a reason that only the log lines in the message tell. */
        START_FAILED,
        /** The server's processes could not be ended. */
        STOP_FAILED
    }

    private final Reason reason;

    LauncherException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    LauncherException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
