package dev.leat.launcher;

import dev.leat.launcher.LauncherException.Reason;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Turns what PostgreSQL's programs and the operating system print into a reason and the next step for the reader. */
final class Failure {
    /** Printed in this order; the first that occurs in the output explains it. */
    private enum Sign {
        DISK_FULL("No space left on device", Reason.DISK_FULL, "Free some space on that disk and start again."),
        UNSHARE(
                "unshare failed",
                Reason.USER_REFUSED,
                "PostgreSQL refuses to run as root, and this system does not let root enter a user namespace"
                        + " (unshare -U). Run as an ordinary user, or allow user namespaces for this container."),
        NO_UNSHARE(
                "\"unshare\"",
                Reason.USER_REFUSED,
                "PostgreSQL refuses to run as root, and the program unshare (util-linux) that would drop root's rights"
                        + " is absent. Run as an ordinary user, or install it."),
        ROOT(
                "cannot be run as root",
                Reason.USER_REFUSED,
                "PostgreSQL refuses to run as root. Run as an ordinary user."),
        ROOT_EXECUTION(
                "\"root\" execution of the PostgreSQL server is not permitted",
                Reason.USER_REFUSED,
                "PostgreSQL refuses to run as root. Run as an ordinary user."),
        NO_NAME(
                "could not look up effective user ID",
                Reason.USER_REFUSED,
                "PostgreSQL needs a name for its user. Add the user to /etc/passwd (root needs a line for \"nobody\","
                        + " 65534)."),
        PORT(
                "Address already in use",
                Reason.PORT_TAKEN,
                "Free that port, or ask for another one (0 = any free port)."),
        UNKNOWN_SETTING(
                "unrecognized configuration parameter",
                Reason.BAD_SETTING,
                "Correct or remove that setting; this server's version may not know it."),
        BAD_VALUE("invalid value for parameter", Reason.BAD_SETTING, "Correct that setting."),
        VALUE_RANGE("is outside the valid range for parameter", Reason.BAD_SETTING, "Correct that setting."),
        TYPED_VALUE("requires a numeric value", Reason.BAD_SETTING, "Correct that setting."),
        BOOLEAN_VALUE("requires a Boolean value", Reason.BAD_SETTING, "Correct that setting."),
        CONF_ERRORS("contains errors", Reason.BAD_SETTING, "Correct that setting."),
        DENIED(
                "Permission denied",
                Reason.PERMISSION_DENIED,
                "This user must own the directory, be allowed into every directory above it, and the file system must"
                        + " allow programs to run (no noexec). As root PostgreSQL runs without root's rights."),
        ACCESS_DENIED(
                "AccessDeniedException",
                Reason.PERMISSION_DENIED,
                "This user must own the directory and be allowed into every directory above it."),
        READ_ONLY("Read-only file system", Reason.PERMISSION_DENIED, "Choose a directory that can be written."),
        MEMORY(
                "Cannot allocate memory",
                Reason.START_FAILED,
                "Lower shared_buffers in the settings, or give this machine more memory.");

        private final String text;
        private final Reason reason;
        private final String advice;

        Sign(String text, Reason reason, String advice) {
            this.text = text;
            this.reason = reason;
            this.advice = advice;
        }
    }

    private Failure() {}

    static LauncherException of(String what, IOException cause) {
        return of(what, String.valueOf(cause), cause);
    }

    static LauncherException of(String what, String output, @Nullable Throwable cause) {
        String shown = output.isBlank() ? "" : "\n  " + output.strip().replace("\n", "\n  ");
        if (Thread.currentThread().isInterrupted()) {
            return new LauncherException(Reason.INTERRUPTED, what + ": interrupted.", cause);
        }
        for (Sign sign : Sign.values()) {
            if (output.contains(sign.text)) {
                return new LauncherException(sign.reason, what + ". " + sign.advice + shown, cause);
            }
        }
        return new LauncherException(Reason.START_FAILED, what + "." + shown, cause);
    }
}
