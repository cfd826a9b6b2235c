package dev.leat.testkit;

import static dev.leat.testkit.Subject.LANE;
import static dev.leat.testkit.Subject.OTHER_TENANT;
import static dev.leat.testkit.Subject.SAME_QUEUE;
import static dev.leat.testkit.Subject.accepted;
import static dev.leat.testkit.Subject.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Pruned;
import dev.leat.api.store.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What ended long ago goes, and nothing else ever does. */
abstract class PruneRules {
    private static final Duration WEEK = Duration.ofDays(7);
    /** Until all that was due to go when it began is gone. */
    private static final Duration LATE = Duration.ofDays(2);

    private static final Failure WHY = Failure.of("no use");
    private static final Outcome DONE = new Outcome.Completed(null);
    private static final int MOST_ROUNDS = 10_000;

    private final Subject store;

    PruneRules(Subject store) {
        this.store = store;
    }

    @Test
    void whatEndedLongAgoIsGone() {
        List<NewJob> jobs = store.add(20);
        store.settle(store.drain(store.claiming(20)), DONE);
        store.clock.advance(WEEK.plus(LATE));

        assertThat(prune()).isEqualTo(Map.of(LANE, Map.of(JobState.COMPLETED, 20L)));

        assertGone(ids(jobs));
        assertThat(prune()).isEmpty();
    }

    @Test
    void whatEndedLatelyStaysHoweverOldItIs() {
        store.assumeHas(Capability.DELAY);
        List<NewJob> jobs =
                store.add(store.job().due(Due.after(WEEK.multipliedBy(3))).times(20));
        store.clock.advance(WEEK.multipliedBy(3));
        assertThat(store.promoteAll()).isEqualTo(20);
        store.settle(store.drain(store.claiming(20)), DONE);
        store.clock.advance(WEEK.minus(LATE));

        assertThat(prune()).isEmpty();

        store.assertState(ids(jobs), JobState.COMPLETED);
        store.clock.advance(LATE.multipliedBy(2));
        assertThat(prune()).isEqualTo(Map.of(LANE, Map.of(JobState.COMPLETED, 20L)));
    }

    @Test
    void eachStateHasATimeOfItsOwn() {
        JobId completed = ended(DONE);
        JobId cancelled = ended(new Outcome.Cancelled(WHY));
        JobId discarded = ended(new Outcome.Discard(WHY));
        Retention retention = new Retention(WEEK, WEEK.multipliedBy(3), WEEK.multipliedBy(5));

        store.clock.advance(WEEK.plus(LATE));
        assertThat(prune(retention)).isEqualTo(Map.of(LANE, Map.of(JobState.COMPLETED, 1L)));
        store.assertState(cancelled, JobState.CANCELLED);
        store.clock.advance(WEEK.multipliedBy(2));
        assertThat(prune(retention)).isEqualTo(Map.of(LANE, Map.of(JobState.CANCELLED, 1L)));
        store.assertState(discarded, JobState.DISCARDED);
        store.clock.advance(WEEK.multipliedBy(2));
        assertThat(prune(retention)).isEqualTo(Map.of(LANE, Map.of(JobState.DISCARDED, 1L)));
        assertGone(List.of(completed, cancelled, discarded));
    }

    @Test
    void whatIsKeptForEverIs() {
        JobId completed = ended(DONE);
        JobId discarded = ended(new Outcome.Discard(WHY));
        store.clock.advance(Duration.ofDays(4_000));

        assertThat(prune(Retention.FOREVER)).isEmpty();
        store.assertState(completed, JobState.COMPLETED);
        assertThat(prune(new Retention(WEEK, WEEK, null))).isEqualTo(Map.of(LANE, Map.of(JobState.COMPLETED, 1L)));
        store.assertState(discarded, JobState.DISCARDED);
    }

    @Test
    void whatIsRemovedIsToldByLaneAndState() {
        for (Lane lane : List.of(LANE, SAME_QUEUE, OTHER_TENANT)) {
            store.settle(store.leased(store.add(store.job().lane(lane).times(3))), DONE);
        }
        ended(new Outcome.Discard(WHY));
        store.clock.advance(Duration.ofDays(60));

        assertThat(prune())
                .isEqualTo(Map.of(
                        LANE, Map.of(JobState.COMPLETED, 3L, JobState.DISCARDED, 1L),
                        SAME_QUEUE, Map.of(JobState.COMPLETED, 3L),
                        OTHER_TENANT, Map.of(JobState.COMPLETED, 3L)));
    }

    @Test
    void aJobThatIsDueInNinetyDaysOutlivesThreeRunsAndIsRunAfterwards() {
        store.assumeHas(Capability.DELAY);
        JobId late =
                store.add(store.job().due(Due.after(Duration.ofDays(90))).one()).id();
        for (int run = 0; run < 3; run++) {
            store.settle(store.leased(5), DONE);
            store.clock.advance(Duration.ofDays(28));
            assertThat(prune()).isEqualTo(Map.of(LANE, Map.of(JobState.COMPLETED, 5L)));
            store.assertState(late, JobState.SCHEDULED);
        }

        store.clock.advance(Duration.ofDays(7));
        assertThat(store.promoteAll()).isEqualTo(1);
        Lease lease = store.claimOne();
        assertThat(Subject.job(lease)).isEqualTo(late);
        store.settle(lease, DONE);
    }

    @Test
    void jobsThatHaveNotEndedStayWhateverTheirState() {
        List<NewJob> available = store.add(3);
        JobId retryable =
                ended(store.add(store.job().priority(0).one()).id(), new Outcome.Retry(Duration.ofDays(200), WHY));
        Lease held = store.claimOne();
        store.store().renew(List.of(held.id()), Duration.ofDays(1));
        store.clock.advance(Duration.ofHours(20));
        for (int day = 0; day < 100; day++) {
            store.store().renew(List.of(held.id()), Duration.ofDays(1));
            store.clock.advance(Duration.ofHours(20));
        }

        assertThat(prune()).isEmpty();

        store.assertState(retryable, JobState.RETRYABLE);
        store.settle(held, DONE);
        assertThat(store.drained(store.claiming(3)))
                .containsExactly(available.get(1).id(), available.get(2).id());
        store.clock.advance(Duration.ofDays(200));
        assertThat(store.promoteAll()).isEqualTo(1);
    }

    @Test
    void suspectsStay() {
        List<JobId> jobs = Subject.jobs(store.leased(5));
        store.die();
        store.clock.advance(Duration.ofDays(100));

        assertThat(prune()).isEmpty();

        assertThat(store.drained(store.claiming(5).suspects())).containsExactlyInAnyOrderElementsOf(jobs);
    }

    @Test
    void aPrunedJobEnqueuedAgainIsANewOne() {
        List<NewJob> jobs = store.add(10);
        store.settle(store.drain(store.claiming(10)), DONE);
        store.clock.advance(WEEK.plus(LATE));
        prune();

        assertThat(store.store().enqueue(jobs)).isEqualTo(accepted(jobs));

        assertThat(store.store().enqueue(jobs)).allMatch(Enqueued.Duplicate.class::isInstance);
        assertThat(prune()).isEmpty();
        assertThat(store.drained(store.claiming(10))).isEqualTo(ids(jobs));
    }

    @Test
    void aJobRetriedByHandStays() {
        JobId job = ended(new Outcome.Discard(WHY));
        store.operate().retry(LANE.tenant(), List.of(job));
        store.clock.advance(Duration.ofDays(100));

        assertThat(prune()).isEmpty();

        assertThat(Subject.job(store.claimOne())).isEqualTo(job);
    }

    @Test
    void countsAndListsKnowNothingOfWhatIsGone() {
        store.settle(store.leased(7), DONE);
        store.clock.advance(WEEK.plus(LATE));
        store.settle(store.leased(2), DONE);
        prune();

        Inspect inspect = store.inspect();
        assertThat(inspect.counts(LANE.tenant())).containsEntry(JobState.COMPLETED, 2L);
    }

    @Test
    void aStepRemovesNoMoreThanItMay() {
        store.settle(store.drain(store.claiming(store.add(25).size())), DONE);
        store.clock.advance(WEEK.plus(LATE));
        long total = 0;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Pruned pruned = pruning().prune(Retention.DEFAULT, 10);
            total += pruned.total();
            if (!pruned.more()) {
                break;
            }
        }

        assertThat(total).isEqualTo(25);
    }

    @Test
    void whatIsDueIsToldAndStays() {
        JobId completed = ended(DONE);
        JobId discarded = ended(new Outcome.Discard(WHY));
        assertThat(pruning().due(Retention.DEFAULT)).isEqualTo(Pruned.NOTHING);
        store.clock.advance(WEEK.plus(LATE));

        assertThat(pruning().due(Retention.DEFAULT))
                .isEqualTo(new Pruned(Map.of(LANE, Map.of(JobState.COMPLETED, 1L)), false));

        assertThat(pruning().due(Retention.FOREVER)).isEqualTo(Pruned.NOTHING);
        store.assertState(completed, JobState.COMPLETED);
        store.assertState(discarded, JobState.DISCARDED);
        pruning().again();
        assertThat(prune()).isEqualTo(Map.of(LANE, Map.of(JobState.COMPLETED, 1L)));
        assertThat(pruning().due(Retention.DEFAULT)).isEqualTo(Pruned.NOTHING);
    }

    @Test
    void stepsOfTooFewOrTooManyAreRefused() {
        for (int wrong : new int[] {0, -1, Integer.MIN_VALUE, JobStore.BATCH_JOBS + 1, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> pruning().prune(Retention.DEFAULT, wrong))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private Prune pruning() {
        store.assumeHas(Capability.RETENTION);
        return store.store().feature(Prune.class).orElseThrow();
    }

    private Map<Lane, Map<JobState, Long>> prune() {
        return prune(Retention.DEFAULT);
    }

    /** All that there is to do. */
    private Map<Lane, Map<JobState, Long>> prune(Retention retention) {
        Map<Lane, Map<JobState, Long>> removed = new HashMap<>();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Pruned pruned = pruning().prune(retention, JobStore.BATCH_JOBS);
            pruned.removed()
                    .forEach((lane, states) ->
                            states.forEach((state, jobs) -> removed.computeIfAbsent(lane, key -> new HashMap<>())
                                    .merge(state, jobs, Long::sum)));
            if (!pruned.more()) {
                return removed;
            }
        }
        throw new AssertionError("pruning never ends");
    }

    private JobId ended(Outcome outcome) {
        return ended(store.addOne().id(), outcome);
    }

    /** The next job, which is that one, settled so. */
    private JobId ended(JobId job, Outcome outcome) {
        Lease lease = store.claimOne();
        assertThat(Subject.job(lease)).isEqualTo(job);
        store.settle(lease, outcome);
        return job;
    }

    private void assertGone(List<JobId> jobs) {
        if (store.has(Capability.INSPECTION)) {
            List<JobId> left = new ArrayList<>(jobs);
            left.removeIf(job -> store.inspect().find(LANE.tenant(), job).isEmpty());
            assertThat(left).isEmpty();
        }
        store.assertNothingToClaim();
    }
}
