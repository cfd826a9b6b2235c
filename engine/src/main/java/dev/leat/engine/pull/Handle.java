package dev.leat.engine.pull;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.Operate;
import dev.leat.engine.backend.Backends;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The right to say what came of a job that was taken; worth nothing once its lease has ended. What it says of attempts decides
 * whether the job may be tried again.
 *
 * @param backend where the job is
 * @param attempt 1 to 10,000
 * @param maxAttempts 1 to 10,000
 */
public record Handle(String backend, LeaseId lease, JobId job, int attempt, int maxAttempts) {
    private static final Pattern TEXT =
            Pattern.compile("([0-9]{1,18})-([0-9a-z]{13})-([0-9]{1,5})-([0-9]{1,5})(?:@([a-z0-9._-]{1,64}))?");

    public Handle {
        Checks.range("attempt", attempt, 1, Operate.MOST_ATTEMPTS);
        Checks.range("max_attempts", maxAttempts, 1, Operate.MOST_ATTEMPTS);
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws InvalidValueException if it is something else
     */
    public static Handle parse(String text) {
        Matcher parts = TEXT.matcher(text);
        try {
            if (parts.matches()) {
                String backend = parts.group(5);
                return new Handle(
                        backend == null ? Backends.STANDARD : backend,
                        new LeaseId(Long.parseLong(parts.group(1))),
                        JobId.parse(parts.group(2)),
                        Integer.parseInt(parts.group(3)),
                        Integer.parseInt(parts.group(4)));
            }
        } catch (InvalidValueException e) {
            // Said below: no part of a handle is the caller's to choose.
        }
        throw new InvalidValueException(
                "HANDLE_INVALID", "handle", "is " + Checks.shown(text), "the handle that a job was dequeued with");
    }

    /** May be kept and sent as text. */
    @Override
    public String toString() {
        return lease.value() + "-" + job + "-" + attempt + "-" + maxAttempts
                + (backend.equals(Backends.STANDARD) ? "" : "@" + backend);
    }
}
