package dev.leat.api.store;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A page of jobs, by id, which is by the time they were enqueued: oldest or newest first.
 *
 * @param queue only this queue, if given
 * @param kind only this kind, if given
 * @param states only these, at least one
 * @param after only ids behind this one in the order asked for, if given: the last id of the page before
 * @param limit 1 to {@link #MOST}
 */
public record JobQuery(
        TenantName tenant,
        @Nullable QueueName queue,
        @Nullable KindName kind,
        Set<JobState> states,
        Order order,
        @Nullable JobId after,
        int limit) {
    public static final int MOST = 1_000;

    /** Which end comes first. */
    public enum Order {
        OLDEST_FIRST,
        NEWEST_FIRST
    }

    public JobQuery {
        if (states.isEmpty()) {
            throw new IllegalArgumentException("states must name at least one state");
        }
        states = Set.copyOf(states);
        Checks.range("limit", limit, 1, MOST);
    }

    /** The oldest {@link #MOST} jobs of a queue, in any state. */
    public static JobQuery of(TenantName tenant, QueueName queue) {
        return new JobQuery(tenant, queue, null, EnumSet.allOf(JobState.class), Order.OLDEST_FIRST, null, MOST);
    }

    public JobQuery in(Set<JobState> wanted) {
        return new JobQuery(tenant, queue, kind, wanted, order, after, limit);
    }

    public JobQuery by(Order wanted) {
        return new JobQuery(tenant, queue, kind, states, wanted, after, limit);
    }

    public JobQuery from(@Nullable JobId last) {
        return new JobQuery(tenant, queue, kind, states, order, last, limit);
    }

    public JobQuery atMost(int jobs) {
        return new JobQuery(tenant, queue, kind, states, order, after, jobs);
    }
}
