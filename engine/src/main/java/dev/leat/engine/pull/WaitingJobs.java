package dev.leat.engine.pull;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobQuery;
import dev.leat.engine.queue.TenantQueue;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The jobs of a queue that wait, by id, which is by the time they were enqueued; read page by page, so what changes meanwhile may or may not be seen. */
final class WaitingJobs implements Iterator<List<JobHead>> {
    static final Set<JobState> WAITING = Set.of(JobState.AVAILABLE, JobState.SCHEDULED, JobState.RETRYABLE);

    private final Inspect inspect;
    private final JobQuery query;
    private final Instant until;
    private @Nullable JobId last;
    private @Nullable List<JobHead> page;

    /** @param until jobs whose ids were made later are left out, so that it ends however many are enqueued meanwhile */
    WaitingJobs(Inspect inspect, TenantQueue of, Set<JobState> states, Instant until) {
        this.inspect = inspect;
        this.until = until;
        query = JobQuery.of(of.tenant(), of.queue()).in(states);
    }

    @Override
    public boolean hasNext() {
        return !page().isEmpty();
    }

    /** At most {@link JobQuery#MOST}, and not none. */
    @Override
    public List<JobHead> next() {
        List<JobHead> read = page();
        if (read.isEmpty()) {
            throw new NoSuchElementException("no more pages");
        }
        last = read.getLast().id();
        page = null;
        return read;
    }

    private List<JobHead> page() {
        List<JobHead> read = page;
        if (read == null) {
            read = inspect.list(query.from(last)).stream()
                    .takeWhile(head -> !head.id().madeAt().isAfter(until))
                    .toList();
            page = read;
        }
        return read;
    }
}
