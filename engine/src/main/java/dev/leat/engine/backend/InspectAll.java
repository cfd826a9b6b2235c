package dev.leat.engine.backend;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.TenantName;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.QueueCounts;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of several stores as if they were one; of each store as of one moment, but not of all together. A job is found while another store
 * is away; what is listed or counted is complete, or refused.
 */
record InspectAll(List<Inspect> all) implements Inspect {
    @Override
    public List<JobRecord> find(TenantName tenant, List<JobId> ids) {
        Map<JobId, JobRecord> found = new HashMap<>();
        Set<JobId> open = new LinkedHashSet<>(ids);
        StoreException away = null;
        for (Inspect each : all) {
            if (open.isEmpty()) {
                break;
            }
            try {
                each.find(tenant, List.copyOf(open))
                        .forEach(job -> found.put(job.head().id(), job));
                open.removeAll(found.keySet());
            } catch (StoreException e) {
                away = e;
            }
        }
        if (away != null && !open.isEmpty()) {
            throw away;
        }
        return ids.stream().filter(found::containsKey).map(found::get).toList();
    }

    @Override
    public List<JobHead> list(JobQuery query) {
        Comparator<JobHead> oldestFirst = Comparator.comparing(JobHead::id);
        return all.stream()
                .flatMap(each -> each.list(query).stream())
                .sorted(query.order() == JobQuery.Order.OLDEST_FIRST ? oldestFirst : oldestFirst.reversed())
                .limit(query.limit())
                .toList();
    }

    @Override
    public Map<JobState, Long> counts(TenantName tenant, QueueName queue) {
        return sum(each -> each.counts(tenant, queue));
    }

    @Override
    public Map<JobState, Long> counts(TenantName tenant) {
        return sum(each -> each.counts(tenant));
    }

    private Map<JobState, Long> sum(Function<Inspect, Map<JobState, Long>> of) {
        return sum(all.stream().map(of).toList());
    }

    private static Map<JobState, Long> sum(Collection<Map<JobState, Long>> counts) {
        Map<JobState, Long> sum = new EnumMap<>(JobState.class);
        counts.forEach(each -> each.forEach((state, count) -> sum.merge(state, count, Long::sum)));
        return sum;
    }

    @Override
    public List<QueueName> queueNames(TenantName tenant) {
        TreeSet<QueueName> names = new TreeSet<>();
        all.forEach(each -> names.addAll(each.queueNames(tenant)));
        return List.copyOf(names);
    }

    @Override
    public List<QueueCounts> queues(TenantName tenant, @Nullable QueueName after, int limit) {
        TreeMap<QueueName, QueueCounts> queues = new TreeMap<>();
        for (Inspect each : all) {
            for (QueueCounts here : each.queues(tenant, after, limit)) {
                queues.merge(
                        here.queue(),
                        here,
                        (one, other) -> new QueueCounts(one.queue(), sum(List.of(one.counts(), other.counts()))));
            }
        }
        return queues.values().stream().limit(limit).toList();
    }
}
