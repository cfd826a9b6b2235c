package dev.leat.testkit;

import static dev.leat.testkit.Subject.LANE;
import static dev.leat.testkit.Subject.OTHER_QUEUE;
import static dev.leat.testkit.Subject.OTHER_TENANT;
import static dev.leat.testkit.Subject.SAME_QUEUE;
import static dev.leat.testkit.Subject.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Due;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobQuery.Order;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.QueueCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Jobs can be found, listed page by page and counted, in every state and within their tenant only. */
abstract class InspectRules {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Failure WHY = Failure.of("no use");
    private static final TenantName MAIN = LANE.tenant();

    private final Subject store;

    InspectRules(Subject store) {
        this.store = store;
    }

    // Find.

    @Test
    void aJobIsFoundInEveryState() {
        Map<JobState, JobId> jobs = oneOfEachState();

        jobs.forEach((state, id) -> {
            JobRecord job = store.find(id);
            assertThat(job.id()).isEqualTo(id);
            assertThat(job.state()).isEqualTo(state);
            assertThat(job.lane()).isEqualTo(LANE);
            assertThat(job.dueAt() != null).isEqualTo(state == JobState.SCHEDULED || state == JobState.RETRYABLE);
            assertThat(job.finishedAt() != null).isEqualTo(state.isFinal());
            assertThat(job.failure() != null).isEqualTo(state == JobState.DISCARDED || state == JobState.CANCELLED);
        });
    }

    @Test
    void aJobIsNotFoundByAnotherTenant() {
        Inspect inspect = store.inspect();

        assertThat(oneOfEachState().values())
                .allSatisfy(id ->
                        assertThat(inspect.find(OTHER_TENANT.tenant(), id)).isEmpty());
    }

    @Test
    void aJobThatNeverWasIsNotFound() {
        Inspect inspect = store.inspect();
        store.addOne();

        for (JobId id : List.of(new JobId(1), store.job().one().id(), new JobId(Long.MAX_VALUE - 1))) {
            assertThat(inspect.find(MAIN, id)).isEmpty();
        }
    }

    @Test
    void whatIsFoundIsSeenByEveryHandle() {
        store.inspect();
        NewJob job = store.addOne();

        Inspect other = store.other().feature(Inspect.class).orElseThrow();

        assertThat(other.find(MAIN, job.id())).contains(store.find(job.id()));
    }

    // List.

    @Test
    void jobsAreListedById() {
        List<NewJob> jobs = new ArrayList<>(store.job().times(50));
        Collections.reverse(jobs);
        store.add(jobs);

        assertThat(listed(JobQuery.of(MAIN, LANE.queue())))
                .isEqualTo(ids(jobs).stream().sorted().toList());
    }

    @Test
    void aListShowsWhatFindShows() {
        Map<JobState, JobId> jobs = oneOfEachState();

        List<JobHead> listed = store.inspect().list(JobQuery.of(MAIN, LANE.queue()));

        assertThat(listed)
                .isEqualTo(jobs.values().stream()
                        .sorted()
                        .map(id -> store.find(id).head())
                        .toList());
        assertThat(listed)
                .filteredOn(job -> job.state() == JobState.DISCARDED || job.state() == JobState.RETRYABLE)
                .extracting(JobHead::error)
                .containsExactly(WHY.message(), WHY.message());
    }

    @Test
    void aListTellsWhyTheLastRunFailedAndForgetsItOnceOneDidNot() {
        JobId job = store.addOne().id();
        store.settle(store.claimOne(), new Outcome.Retry(Duration.ofMinutes(1), Failure.of("first")));
        store.clock.advance(Duration.ofMinutes(2));
        store.promoteAll();
        assertThat(head(job).error()).isEqualTo("first");

        store.settle(store.claimOne(), new Outcome.Retry(Duration.ofMinutes(1), new Failure("second", "a long trace")));
        assertThat(head(job).error()).isEqualTo("second");
        assertThat(head(job)).isEqualTo(store.find(job).head());

        store.clock.advance(Duration.ofMinutes(2));
        store.promoteAll();
        store.settle(store.claimOne(), new Outcome.Release());
        assertThat(head(job).error()).isNull();
        assertThat(head(job)).isEqualTo(store.find(job).head());
    }

    private JobHead head(JobId id) {
        return store.inspect().list(JobQuery.of(MAIN, LANE.queue())).stream()
                .filter(job -> job.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void manyAreFoundInTheOrderAskedFor() {
        Inspect inspect = store.inspect();
        List<JobId> jobs = new ArrayList<>(oneOfEachState().values());
        store.settle(store.claimOne(), new Outcome.Retry(HOUR, WHY));
        store.clock.advance(HOUR.multipliedBy(2));
        store.promoteAll();
        store.settle(store.claimOne(), new Outcome.Retry(HOUR, WHY));
        Collections.reverse(jobs);
        jobs.addAll(List.copyOf(jobs));
        JobId others = store.add(store.job().lane(OTHER_TENANT).one()).id();
        List<JobId> asked = new ArrayList<>(jobs);
        asked.add(2, others);
        asked.add(4, new JobId(1));

        assertThat(inspect.find(MAIN, asked))
                .isEqualTo(jobs.stream().map(store::find).toList());
        assertThat(inspect.find(MAIN, asked))
                .flatExtracting(JobRecord::attempts)
                .hasSizeGreaterThan(4);
        assertThat(inspect.find(MAIN, List.of())).isEmpty();
        assertThatThrownBy(() -> inspect.find(MAIN, Collections.nCopies(JobQuery.MOST + 1, others)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aListHoldsOnlyTheStatesAskedFor() {
        Map<JobState, JobId> jobs = oneOfEachState();
        JobQuery all = JobQuery.of(MAIN, LANE.queue());

        jobs.forEach(
                (state, id) -> assertThat(listed(all.in(EnumSet.of(state)))).containsExactly(id));
        assertThat(listed(all.in(EnumSet.of(JobState.RUNNING, JobState.COMPLETED))))
                .containsExactlyInAnyOrder(jobs.get(JobState.RUNNING), jobs.get(JobState.COMPLETED));
    }

    @Test
    void aListHoldsOnlyTheTenantQueueAndKindAskedFor() {
        JobId here = store.add(store.job().lane(LANE).one()).id();
        JobId otherKind = store.add(store.job().lane(SAME_QUEUE).one()).id();
        JobId otherQueue = store.add(store.job().lane(OTHER_QUEUE).one()).id();
        JobId otherTenant = store.add(store.job().lane(OTHER_TENANT).one()).id();

        assertThat(listed(JobQuery.of(MAIN, LANE.queue()))).containsExactly(here, otherKind);
        assertThat(listed(JobQuery.of(MAIN, OTHER_QUEUE.queue()))).containsExactly(otherQueue);
        assertThat(listed(JobQuery.of(OTHER_TENANT.tenant(), LANE.queue()))).containsExactly(otherTenant);
        EnumSet<JobState> any = EnumSet.allOf(JobState.class);
        assertThat(listed(new JobQuery(MAIN, null, null, any, Order.OLDEST_FIRST, null, 10)))
                .containsExactly(here, otherKind, otherQueue);
        assertThat(listed(new JobQuery(MAIN, null, LANE.kind(), any, Order.OLDEST_FIRST, null, 10)))
                .containsExactly(here, otherQueue);
        assertThat(listed(new JobQuery(MAIN, LANE.queue(), SAME_QUEUE.kind(), any, Order.OLDEST_FIRST, null, 10)))
                .containsExactly(otherKind);
        assertThat(listed(JobQuery.of(new TenantName("nobody"), LANE.queue()))).isEmpty();
    }

    @Test
    void pagesFollowEachOtherWithoutGapOrOverlap() {
        List<JobId> all = ids(store.add(100));
        store.settle(store.drain(store.claiming(40)), new Outcome.Completed(null));
        store.add(store.job().lane(OTHER_TENANT).times(10));
        List<JobId> more = ids(store.add(30));

        List<JobId> expected = new ArrayList<>(all);
        expected.addAll(more);
        assertThat(paged(JobQuery.of(MAIN, LANE.queue()).atMost(7)))
                .isEqualTo(expected.stream().sorted().toList());
    }

    @Test
    void theNewestComeFirstIfAskedFor() {
        Map<JobState, JobId> jobs = oneOfEachState();
        JobQuery all = JobQuery.of(MAIN, LANE.queue()).by(Order.NEWEST_FIRST);

        assertThat(listed(all))
                .isEqualTo(
                        jobs.values().stream().sorted(Comparator.reverseOrder()).toList());
        for (JobState state : JobState.values()) {
            assertThat(listed(all.in(EnumSet.of(state)))).containsExactly(jobs.get(state));
            assertThat(listed(all.in(EnumSet.complementOf(EnumSet.of(state)))))
                    .isEqualTo(jobs.entrySet().stream()
                            .filter(each -> each.getKey() != state)
                            .map(Map.Entry::getValue)
                            .sorted(Comparator.reverseOrder())
                            .toList());
        }
    }

    @Test
    void pagesFollowEachOtherInEveryStateAndBothOrders() {
        List<JobId> ended = ids(store.add(30));
        List<Lease> leases = store.drain(store.claiming(10));
        store.settle(leases.get(0), new Outcome.Discard(WHY));
        store.settle(leases.subList(1, leases.size()), new Outcome.Retry(HOUR, WHY));
        List<JobId> scheduled = store.has(Capability.DELAY)
                ? ids(store.add(store.job().due(Due.after(HOUR)).times(25)))
                : List.of();
        List<JobId> available = ids(store.add(25));
        store.add(store.job().lane(OTHER_TENANT).times(10));
        List<JobId> suspects =
                Subject.jobs(store.leased(store.add(store.job().lane(SAME_QUEUE).times(5))));
        store.die();
        List<JobId> expected = new ArrayList<>();
        List.of(ended, scheduled, available, suspects).forEach(expected::addAll);
        Collections.sort(expected);

        for (EnumSet<JobState> states :
                List.of(EnumSet.allOf(JobState.class), EnumSet.complementOf(EnumSet.of(JobState.COMPLETED)))) {
            JobQuery query = new JobQuery(MAIN, null, null, states, Order.OLDEST_FIRST, null, 7);
            assertThat(paged(query)).isEqualTo(expected);
            List<JobId> backwards = new ArrayList<>(expected);
            Collections.reverse(backwards);
            assertThat(paged(query.by(Order.NEWEST_FIRST))).isEqualTo(backwards);
        }
        JobQuery waiting = JobQuery.of(MAIN, LANE.queue())
                .in(EnumSet.of(JobState.AVAILABLE))
                .atMost(7);
        List<JobId> all = new ArrayList<>(available);
        all.addAll(suspects);
        assertThat(paged(waiting)).isEqualTo(all.stream().sorted().toList());
    }

    @Test
    void aPageIsFullWhileThereIsMore() {
        store.add(JobQuery.MOST + 1);

        assertThat(listed(JobQuery.of(MAIN, LANE.queue()))).hasSize(JobQuery.MOST);
        assertThat(listed(JobQuery.of(MAIN, LANE.queue()).atMost(1))).hasSize(1);
    }

    @Test
    void aPageMayStartBehindAnyId() {
        List<JobId> jobs = ids(store.add(3));
        JobQuery query = JobQuery.of(MAIN, LANE.queue());

        assertThat(listed(query.from(new JobId(1)))).isEqualTo(jobs);
        assertThat(listed(query.from(jobs.get(2)))).isEmpty();
        assertThat(listed(query.by(Order.NEWEST_FIRST).from(jobs.get(2)))).containsExactly(jobs.get(1), jobs.get(0));
        assertThat(listed(query.by(Order.NEWEST_FIRST).from(new JobId(1)))).isEmpty();
        assertThat(listed(query.from(new JobId(Long.MAX_VALUE - 1)))).isEmpty();
    }

    // Counts.

    @Test
    void everyStateIsCounted() {
        for (int i = 0; i < 3; i++) {
            oneOfEachState();
        }

        Map<JobState, Long> counts = counts(MAIN);

        assertThat(counts).hasSize(JobState.values().length);
        assertThat(counts.values()).containsOnly(3L);
    }

    @Test
    void countsFollowEachChange() {
        store.add(10);
        assertThat(counts(MAIN)).containsExactly(Map.entry(JobState.AVAILABLE, 10L));

        var lease = store.drain(store.claiming(4)).get(0);
        assertThat(counts(MAIN)).containsExactly(Map.entry(JobState.RUNNING, 10L));

        store.settle(lease, new Outcome.Completed(null));
        long completed = lease.claims().size();
        assertThat(counts(MAIN))
                .containsOnly(Map.entry(JobState.RUNNING, 10L - completed), Map.entry(JobState.COMPLETED, completed));

        store.die();
        assertThat(counts(MAIN))
                .containsOnly(Map.entry(JobState.AVAILABLE, 10L - completed), Map.entry(JobState.COMPLETED, completed));
    }

    @Test
    void countsHoldOnlyTheTenantAndQueueAskedFor() {
        store.add(store.job().lane(LANE).times(2));
        store.add(store.job().lane(SAME_QUEUE).times(3));
        store.add(store.job().lane(OTHER_QUEUE).times(4));
        store.add(store.job().lane(OTHER_TENANT).times(5));

        assertThat(counts(MAIN)).containsExactly(Map.entry(JobState.AVAILABLE, 5L));
        assertThat(counts(OTHER_TENANT.tenant())).containsExactly(Map.entry(JobState.AVAILABLE, 5L));
        assertThat(counts(new TenantName("nobody"))).isEmpty();
    }

    @Test
    void everyQueueIsCounted() {
        store.inspect();
        oneOfEachState();
        store.add(store.job().lane(SAME_QUEUE).times(3));
        store.add(store.job().lane(OTHER_QUEUE).times(4));
        store.add(store.job().lane(OTHER_TENANT).times(5));

        List<QueueCounts> queues = queues(MAIN);

        assertThat(queues).extracting(QueueCounts::queue).containsExactly(LANE.queue(), OTHER_QUEUE.queue());
        assertThat(queues.get(0).in(JobState.AVAILABLE)).isEqualTo(4);
        for (JobState state : EnumSet.complementOf(EnumSet.of(JobState.AVAILABLE))) {
            assertThat(queues.get(0).in(state)).isEqualTo(1);
        }
        assertThat(queues.get(1).counts()).containsEntry(JobState.AVAILABLE, 4L);
        assertThat(queues.get(1).in(JobState.COMPLETED)).isZero();
        assertThat(queues(OTHER_TENANT.tenant()))
                .singleElement()
                .satisfies(queue -> assertThat(queue.in(JobState.AVAILABLE)).isEqualTo(5));
        assertThat(queues(new TenantName("nobody"))).isEmpty();
    }

    @Test
    void theJobsOfAllQueuesAreCountedTogether() {
        Inspect inspect = store.inspect();
        oneOfEachState();
        store.add(store.job().lane(OTHER_QUEUE).times(4));
        store.add(store.job().lane(OTHER_TENANT).times(5));

        assertThat(present(inspect.counts(MAIN)))
                .hasSize(JobState.values().length)
                .containsEntry(JobState.AVAILABLE, 5L)
                .containsEntry(JobState.RUNNING, 1L)
                .containsEntry(JobState.RETRYABLE, 1L)
                .containsEntry(JobState.DISCARDED, 1L);
        assertThat(present(inspect.counts(OTHER_TENANT.tenant()))).containsExactly(Map.entry(JobState.AVAILABLE, 5L));
        assertThat(present(inspect.counts(new TenantName("nobody")))).isEmpty();
    }

    @Test
    void queuesAreListedByName() {
        addQueues("b", "a.z", "0", "a", "a-b", "a0");

        assertThat(names(queues(MAIN))).containsExactly("0", "a", "a-b", "a.z", "a0", "b");
    }

    @Test
    void pagesOfQueuesFollowEachOtherWithoutGapOrOverlap() {
        addQueues("c", "a", "e", "b", "d", "b");
        for (String kind : List.of("welcome", "goodbye")) {
            store.add(store.job().lane(Subject.lane("main", "b", kind)).times(2));
        }
        store.add(store.job()
                .lane(Subject.lane(OTHER_TENANT.tenant().value(), "bb", "welcome"))
                .one());

        List<QueueCounts> all = queues(MAIN);
        assertThat(names(all)).containsExactly("a", "b", "c", "d", "e");
        assertThat(all.get(1).in(JobState.AVAILABLE)).isEqualTo(6);
        for (int limit = 1; limit <= 6; limit++) {
            assertThat(queues(MAIN, limit)).as("in pages of %d", limit).isEqualTo(all);
        }
    }

    @Test
    void aPageOfQueuesMayStartBehindAnyName() {
        Inspect inspect = store.inspect();
        addQueues("a", "a-b", "b");

        assertThat(names(inspect.queues(MAIN, new QueueName("a"), 2))).startsWith("a-b");
        assertThat(names(inspect.queues(MAIN, new QueueName("a-a"), 2))).startsWith("a-b");
        assertThat(names(inspect.queues(MAIN, new QueueName("0"), 1))).containsExactly("a");
        assertThat(withJobs(inspect.queues(MAIN, new QueueName("b"), 2))).isEmpty();
        for (int limit : new int[] {0, Inspect.MOST_QUEUES + 1}) {
            assertThatThrownBy(() -> inspect.queues(MAIN, null, limit)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private void addQueues(String... queues) {
        for (String queue : queues) {
            store.add(store.job().lane(Subject.lane("main", queue, "welcome")).one());
        }
    }

    private static List<String> names(List<QueueCounts> queues) {
        return queues.stream().map(each -> each.queue().value()).toList();
    }

    private List<QueueCounts> queues(TenantName tenant) {
        return queues(tenant, Inspect.MOST_QUEUES);
    }

    /** The queues with jobs, read in pages of that length. */
    private List<QueueCounts> queues(TenantName tenant, int limit) {
        List<QueueCounts> all = new ArrayList<>();
        List<QueueCounts> page;
        do {
            page = store.inspect()
                    .queues(tenant, all.isEmpty() ? null : all.getLast().queue(), limit);
            assertThat(page).hasSizeLessThanOrEqualTo(limit);
            all.addAll(page);
        } while (page.size() == limit);
        assertThat(all).extracting(QueueCounts::queue).isSorted().doesNotHaveDuplicates();
        return withJobs(all);
    }

    /** That others may be listed is nobody's concern here. */
    private static List<QueueCounts> withJobs(List<QueueCounts> queues) {
        return queues.stream()
                .filter(queue -> queue.counts().values().stream().anyMatch(count -> count > 0))
                .toList();
    }

    /** What is counted in the queue; that a state without jobs may be missing is nobody's concern here. */
    private Map<JobState, Long> counts(TenantName tenant) {
        return present(store.inspect().counts(tenant, LANE.queue()));
    }

    private static Map<JobState, Long> present(Map<JobState, Long> all) {
        Map<JobState, Long> counts = new EnumMap<>(JobState.class);
        all.forEach((state, count) -> {
            if (count != 0) {
                counts.put(state, count);
            }
        });
        return counts;
    }

    private List<JobId> paged(JobQuery query) {
        List<JobId> paged = new ArrayList<>();
        @Nullable JobId last = null;
        List<JobId> page;
        do {
            page = listed(query.from(last));
            assertThat(page).hasSizeLessThanOrEqualTo(query.limit());
            paged.addAll(page);
            assertThat(paged).doesNotHaveDuplicates();
            last = page.isEmpty() ? last : page.get(page.size() - 1);
        } while (!page.isEmpty());
        return paged;
    }

    private List<JobId> listed(JobQuery query) {
        return store.inspect().list(query).stream().map(JobHead::id).toList();
    }

    private Map<JobState, JobId> oneOfEachState() {
        store.inspect();
        Map<JobState, JobId> jobs = new EnumMap<>(JobState.class);
        jobs.put(JobState.COMPLETED, settled(new Outcome.Completed(null)));
        jobs.put(JobState.DISCARDED, settled(new Outcome.Discard(WHY)));
        jobs.put(JobState.CANCELLED, settled(new Outcome.Cancelled(WHY)));
        jobs.put(JobState.RETRYABLE, settled(new Outcome.Retry(HOUR, WHY)));
        jobs.put(JobState.SCHEDULED, settled(new Outcome.Snooze(HOUR)));
        NewJob running = store.add(store.job().priority(0).one());
        store.claimOne();
        jobs.put(JobState.RUNNING, running.id());
        jobs.put(
                JobState.AVAILABLE,
                store.add(store.job().priority(9).due(Due.now()).one()).id());
        return jobs;
    }

    private JobId settled(Outcome outcome) {
        NewJob job = store.add(store.job().priority(0).one());
        var lease = store.claimOne();
        assertThat(Subject.job(lease)).isEqualTo(job.id());
        store.settle(lease, outcome);
        return job.id();
    }
}
