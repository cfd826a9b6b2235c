package dev.leat.engine.client;

import dev.leat.api.JobId;
import dev.leat.api.store.NewJob;
import java.util.List;

/**
 * Jobs that are checked and have their ids, but need not be stored yet. Enqueueing the same prepared jobs again is safe, and
 * is what to do when an answer was lost.
 */
public record PreparedJobs(List<NewJob> jobs) {
    public PreparedJobs {
        jobs = List.copyOf(jobs);
    }

    public List<JobId> ids() {
        return jobs.stream().map(NewJob::id).toList();
    }
}
