package dev.leat.api.store;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Facet of a store whose jobs can be looked at. What is read is committed, and may be old by the time it arrives. */
public interface Inspect {
    /** The most queues on a page. */
    int MOST_QUEUES = 2_000;

    /** The job with everything known of it, or empty if the tenant has no such job. */
    default Optional<JobRecord> find(TenantName tenant, JobId id) {
        return find(tenant, List.of(id)).stream().findFirst();
    }

    /**
     * Jobs with everything known of them, as of one moment and in the order of the ids; those that the tenant does not have are
     * left out. All of them are in memory at once, so ask for few where payloads may be large.
     *
     * @param ids at most {@link JobQuery#MOST}; what stands twice is found twice
     */
    List<JobRecord> find(TenantName tenant, List<JobId> ids);

    /**
     * The jobs that match, in the query's order, at most {@link JobQuery#limit()}, as of one moment. Costs the same whatever the
     * jobs carry.
     */
    List<JobHead> list(JobQuery query);

    /** How many jobs of the queue are in each state; a state without jobs may be missing. */
    Map<JobState, Long> counts(TenantName tenant, QueueName queue);

    /**
     * The queues in which the tenant ever had a job, by name, and possibly some in which only workers looked for one. Cheap
     * however many jobs there are.
     */
    List<QueueName> queueNames(TenantName tenant);

    /** How many jobs of all queues of the tenant together are in each state; a state without jobs may be missing. */
    Map<JobState, Long> counts(TenantName tenant);

    /**
     * A page of the tenant's queues that ever had a job, by name, with their counts of one moment. It is full unless it is the
     * last. A queue that was only asked for jobs may be on it.
     *
     * @param after only queues behind this name, if given: the last of the page before
     * @param limit 1 to {@link #MOST_QUEUES}
     */
    List<QueueCounts> queues(TenantName tenant, @Nullable QueueName after, int limit);
}
