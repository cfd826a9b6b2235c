package dev.leat.engine.queue;

import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Inspect;
import dev.leat.engine.duty.Duty;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/** The queues that this process takes jobs from now: those it was given, or all that come to be known, but for the paused. */
public final class ServedQueues implements Duty {
    /** New queues are rarer than pauses, and those of this process need no search. */
    private static final int LOOKS_PER_SEARCH = 3;

    private final List<TenantName> tenants;
    private final Set<QueueName> queues = new ConcurrentSkipListSet<>();
    private final @Nullable Inspect all;
    private final PausedQueues paused;
    private final Runnable changed;
    private volatile List<TenantQueue> served = List.of();
    private int looks;

    /**
     * Serves nothing before the first {@link #doWork}, since what it would serve may be paused.
     *
     * @param queues none for all
     * @param inspect tells which there are; not null if all are to be served
     * @param changed called when there may be jobs to take that were not served before
     */
    public ServedQueues(
            List<TenantName> tenants,
            Collection<QueueName> queues,
            @Nullable Inspect inspect,
            PausedQueues paused,
            Runnable changed) {
        this.tenants = tenants;
        this.queues.addAll(queues);
        this.paused = paused;
        this.changed = changed;
        all = queues.isEmpty() ? Objects.requireNonNull(inspect) : null;
    }

    public List<TenantQueue> now() {
        return served;
    }

    /** Says that a queue has jobs, so that its first job need not wait until the queue is found. */
    public void expect(QueueName queue) {
        if (all != null && queues.add(queue)) {
            serve();
        }
    }

    @Override
    public int doWork() {
        paused.refresh();
        Inspect there = all;
        if (there != null && looks++ % LOOKS_PER_SEARCH == 0) {
            tenants.forEach(tenant -> queues.addAll(there.queueNames(tenant)));
        }
        serve();
        return 0;
    }

    private synchronized void serve() {
        List<TenantQueue> next = new ArrayList<>();
        for (TenantName tenant : tenants) {
            for (QueueName queue : queues) {
                TenantQueue each = new TenantQueue(tenant, queue);
                if (!paused.contains(each)) {
                    next.add(each);
                }
            }
        }
        if (!next.equals(served)) {
            served = List.copyOf(next);
            changed.run();
        }
    }
}
