package dev.leat.verify.history;

import dev.leat.api.JobId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a history shows to be broken. */
final class Violations {
    private final List<Violation> first = new ArrayList<>();
    private long count;

    void add(Invariant invariant, @Nullable JobTrace job, long at, String what) {
        add(invariant, job, 0, at, what);
    }

    /** @param other a job without whose history this does not show */
    void add(Invariant invariant, @Nullable JobTrace job, long other, long at, String what) {
        count++;
        if (first.size() < HistoryChecker.MOST_VIOLATIONS) {
            first.add(new Violation(
                    invariant,
                    job == null ? 0 : job.id,
                    other,
                    at,
                    job == null ? what : "job " + new JobId(job.id) + " " + what));
        }
    }

    List<Violation> first() {
        return first;
    }

    long count() {
        return count;
    }
}
