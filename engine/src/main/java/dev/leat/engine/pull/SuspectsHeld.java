package dev.leat.engine.pull;

import dev.leat.api.JobId;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that callers hold one lease of suspects at a time, since one of them that dies is charged for every suspect that it holds
 * alone. Thread-safe.
 */
final class SuspectsHeld {
    private final AtomicBoolean asked = new AtomicBoolean();
    private @Nullable LeaseId lease;
    private final Set<JobId> jobs = new HashSet<>();
    private long until;

    /** Whether a claim may ask for suspects; if so, {@link #answered} must follow. */
    boolean mayAsk(long now) {
        synchronized (jobs) {
            if (lease != null && (jobs.isEmpty() || now - until >= 0)) {
                lease = null;
            }
            return lease == null && !asked.getAndSet(true);
        }
    }

    /** @param suspects what was handed out, or null */
    void answered(@Nullable Lease suspects, long end) {
        synchronized (jobs) {
            if (suspects != null) {
                lease = suspects.id();
                jobs.clear();
                suspects.claims().forEach(claim -> jobs.add(claim.job()));
                until = end;
            }
            asked.set(false);
        }
    }

    void settled(LeaseId of, JobId job) {
        synchronized (jobs) {
            if (of.equals(lease)) {
                jobs.remove(job);
            }
        }
    }

    void renewed(LeaseId of, long end) {
        synchronized (jobs) {
            if (of.equals(lease)) {
                until = end;
            }
        }
    }
}
