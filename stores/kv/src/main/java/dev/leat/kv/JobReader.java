package dev.leat.kv;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.AttemptRecord;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobQuery.Order;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.QueueCounts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks at jobs, each call as of one moment. Waits for no writer. */
final class JobReader implements Inspect {
    private final KvFile file;
    private final Lanes lanes;

    JobReader(KvFile file, Lanes lanes) {
        this.file = file;
        this.lanes = lanes;
    }

    // Whole jobs.

    @Override
    public List<JobRecord> find(TenantName tenant, List<JobId> ids) {
        Checks.range("ids", ids.size(), 0, JobQuery.MOST);
        return file.read(view -> ids.stream()
                .flatMap(id -> Place.of(view, id).stream())
                .filter(place -> lanes.lane(place.job().lane()).tenant().equals(tenant))
                .map(place -> record(view, place))
                .toList());
    }

    private JobRecord record(View view, Place place) {
        StoredJob job = StoredJob.of(view, place.job().id()).orElseThrow();
        List<AttemptRecord> attempts = Attempt.of(view, job.id());
        Standing standing = place.job();
        LastRun last = LastRun.of(place, attempts);
        return new JobRecord(
                job.id(),
                lanes.lane(standing.lane()),
                place.state(),
                standing.priority(),
                StoredJob.payload(view, job.id()),
                standing.attempt(),
                standing.maxAttempts(),
                standing.crashes(),
                StoreTime.instant(job.createdAt()),
                dueAt(place),
                last.startedAt,
                finishedAt(place),
                last.worker,
                place.result(),
                place.failure(),
                attempts);
    }

    private static @Nullable Instant dueAt(Place place) {
        boolean waits = place.state() == JobState.SCHEDULED || place.state() == JobState.RETRYABLE;
        return waits ? StoreTime.instant(place.at()) : null;
    }

    private static @Nullable Instant finishedAt(Place place) {
        return place.state().isFinal() ? StoreTime.instant(place.at()) : null;
    }

    /** The run that a job is in, or was in last; nulls if it never ran. */
    private record LastRun(
            @Nullable Integer worker, @Nullable Instant startedAt) {
        static LastRun of(Place place, List<AttemptRecord> attempts) {
            Place.Run run = place.run();
            if (run != null) {
                return new LastRun(run.worker(), StoreTime.instant(run.startedAt()));
            }
            return attempts.isEmpty()
                    ? new LastRun(null, null)
                    : new LastRun(
                            attempts.getLast().worker(), attempts.getLast().startedAt());
        }
    }

    // Pages of jobs.

    @Override
    public List<JobHead> list(JobQuery query) {
        Comparator<JobId> order =
                query.order() == Order.OLDEST_FIRST ? Comparator.naturalOrder() : Comparator.reverseOrder();
        return file.read(view -> {
            TreeSet<JobId> page = new TreeSet<>(order);
            for (int lane : lanesOf(query)) {
                for (JobState state : query.states()) {
                    addFirst(view, Keys.listed(Place.number(state), lane), query, page);
                }
            }
            return page.stream()
                    .limit(query.limit())
                    .map(id -> head(view, Place.of(view, id).orElseThrow()))
                    .toList();
        });
    }

    private List<Integer> lanesOf(JobQuery query) {
        return lanes.those(lane -> lane.tenant().equals(query.tenant())
                        && (query.queue() == null || lane.queue().equals(query.queue()))
                        && (query.kind() == null || lane.kind().equals(query.kind())))
                .toList();
    }

    /** As many as a page can hold of those that are in one lane and state. */
    private static void addFirst(View view, byte[] listed, JobQuery query, Set<JobId> page) {
        List<JobId> found = new ArrayList<>();
        Contents.Visitor visitor = (key, content) -> {
            JobId id = new JobId(Keys.behind(key, listed.length).getLong());
            if (!id.equals(query.after())) {
                found.add(id);
            }
            return found.size() < query.limit();
        };
        JobId after = query.after();
        if (query.order() == Order.OLDEST_FIRST) {
            view.each(listed, Keys.at(listed, after == null ? 0 : after.value()), visitor);
        } else {
            view.eachDown(listed, Keys.at(listed, after == null ? Long.MAX_VALUE : after.value()), visitor);
        }
        page.addAll(found);
    }

    private JobHead head(View view, Place place) {
        Standing job = place.job();
        List<AttemptRecord> attempts = Attempt.of(view, job.id());
        LastRun last = LastRun.of(place, attempts);
        String error = Optional.ofNullable(place.failure())
                .or(() -> attempts.isEmpty()
                        ? Optional.empty()
                        : Optional.ofNullable(attempts.getLast().failure()))
                .map(failure -> failure.message())
                .orElse(null);
        return new JobHead(
                job.id(),
                lanes.lane(job.lane()),
                place.state(),
                job.priority(),
                job.attempt(),
                job.maxAttempts(),
                job.crashes(),
                StoreTime.instant(StoredJob.of(view, job.id()).orElseThrow().createdAt()),
                dueAt(place),
                last.startedAt,
                finishedAt(place),
                last.worker,
                error);
    }

    // Counts.

    @Override
    public Map<JobState, Long> counts(TenantName tenant, QueueName queue) {
        return file.read(view -> counts(view, tenant, queue));
    }

    @Override
    public Map<JobState, Long> counts(TenantName tenant) {
        return file.read(view -> counts(view, tenant, null));
    }

    private Map<JobState, Long> counts(View view, TenantName tenant, @Nullable QueueName queue) {
        Map<JobState, Long> counts = new EnumMap<>(JobState.class);
        lanes.those(lane -> lane.tenant().equals(tenant)
                        && (queue == null || lane.queue().equals(queue)))
                .forEach(lane -> {
                    for (int slot = 0; slot < Slot.SLOTS; slot++) {
                        long jobs = view.number(Keys.total(lane, slot));
                        if (jobs > 0) {
                            counts.merge(Slot.state(slot), jobs, Long::sum);
                        }
                    }
                });
        return counts;
    }

    /** By name. What was added since the view began has no jobs in it yet. */
    private Stream<QueueName> queuesOf(TenantName tenant) {
        return lanes.those(lane -> lane.tenant().equals(tenant))
                .map(lane -> lanes.lane(lane).queue())
                .distinct()
                .sorted();
    }

    @Override
    public List<QueueName> queueNames(TenantName tenant) {
        return file.read(view -> queuesOf(tenant).toList());
    }

    @Override
    public List<QueueCounts> queues(TenantName tenant, @Nullable QueueName after, int limit) {
        Checks.range("limit", limit, 1, MOST_QUEUES);
        return file.read(view -> queuesOf(tenant)
                .filter(queue -> after == null || queue.compareTo(after) > 0)
                .limit(limit)
                .map(queue -> new QueueCounts(queue, counts(view, tenant, queue)))
                .toList());
    }
}
