package dev.leat.launcher;

import dev.leat.launcher.LauncherException.Reason;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns what PostgreSQL's programs and the operating system print into a reason and the next step for the reader. */
final class Failure {
    private record Sign(Pattern printed, Reason reason, String advice) {
        Sign(String printed, Reason reason, String advice) {
            this(Pattern.compile(printed), reason, advice);
        }
    }

    /** The first of these that occurs in the output explains it. */
    private static final List<Sign> SIGNS = List.of(
            // Before the full disk: the kernel reports "no more user namespaces" with the same words.
            new Sign(
                    "unshare failed|Cannot run program \"unshare\"",
                    Reason.USER_REFUSED,
                    "PostgreSQL refuses to run as root, and root's rights cannot be dropped here: that takes the"
                        + " program unshare (util-linux) and a system that allows user namespaces (containers often do"
                        + " not). Run as an ordinary user."),
            new Sign(
                    "cannot be run as root|\"root\" execution of the PostgreSQL server is not permitted",
                    Reason.USER_REFUSED,
                    "PostgreSQL refuses to run as root. Run as an ordinary user."),
            new Sign(
                    "could not look up effective user ID",
                    Reason.USER_REFUSED,
                    "PostgreSQL needs a name for its user. Add the user to /etc/passwd (for root: \"nobody\", 65534)."),
            new Sign(
                    "No space left on device",
                    Reason.DISK_FULL,
                    "Free some space on that disk and start again; nothing that was committed is lost."),
            new Sign(
                    "Address already in use",
                    Reason.PORT_TAKEN,
                    "Free that port, or ask for another one (0 = any free port)."),
            new Sign(
                    "unrecognized configuration parameter|(invalid value for|valid range for) parameter|requires a"
                            + " \\w+ value|configuration file .* contains errors",
                    Reason.BAD_SETTING,
                    "Correct or remove that setting; not every version of PostgreSQL knows every setting."),
            new Sign(
                    "Permission denied|AccessDeniedException|Operation not permitted|Read-only file system",
                    Reason.PERMISSION_DENIED,
                    "This user must own the directory and be allowed into every directory above it, and the disk must"
                            + " allow writing and running programs. As root PostgreSQL runs without root's rights, but"
                            + " still as the owner of root's files."),
            new Sign(
                    "Cannot allocate memory",
                    Reason.START_FAILED,
                    "Lower shared_buffers in the settings, or give this machine more memory."));

    private Failure() {}

    static LauncherException of(String what, IOException cause) {
        return of(what, String.valueOf(cause), cause);
    }

    /** @param output what was printed, shown to the reader whole */
    static LauncherException of(String what, String output, @Nullable Throwable cause) {
        if (Thread.currentThread().isInterrupted()) {
            return new LauncherException(Reason.INTERRUPTED, what + ": interrupted.", cause);
        }
        String shown = output.isBlank() ? "" : "\n" + indented(output);
        for (Sign sign : SIGNS) {
            if (sign.printed.matcher(output).find()) {
                return new LauncherException(sign.reason, what + ". " + sign.advice + shown, cause);
            }
        }
        return new LauncherException(Reason.START_FAILED, what + "." + shown, cause);
    }

    static String indented(String output) {
        return "  " + output.strip().replace("\n", "\n  ");
    }
}
