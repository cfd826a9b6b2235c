package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.LANE;
import static dev.leat.testkit.Subject.OTHER_TENANT;
import static dev.leat.testkit.Subject.SAME_QUEUE;
import static dev.leat.testkit.Subject.ids;
import static dev.leat.testkit.Subject.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.leat.api.AbsentCapabilityException;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Promoted;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Jobs that are due later wait, never run early by the store's clock, and are then made available in their order. */
abstract class DueRules {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MOMENT = Duration.ofMinutes(5);

    private final Subject store;

    DueRules(Subject store) {
        this.store = store;
    }

    @Test
    void aStoreWithoutDelayRefusesDelayedJobs() {
        assumeFalse(store.has(Capability.DELAY), "the store has delay");
        NewJob delayed = store.job().due(Due.after(HOUR)).one();

        assertThatThrownBy(() -> store.store().enqueue(List.of(store.job().one(), delayed)))
                .isInstanceOf(AbsentCapabilityException.class);

        store.assertNothingToClaim();
    }

    @Test
    void aDelayedJobRunsAfterItsDelayAndNotBefore() {
        NewJob job = delayed(HOUR);
        store.assertState(job.id(), JobState.SCHEDULED);
        store.assertNothingToClaim();

        store.clock.advance(HOUR.minus(MOMENT));
        assertThat(store.promoteAll()).as("promoted early").isZero();
        store.assertNothingToClaim();

        store.clock.advance(MOMENT.multipliedBy(2));
        assertThat(store.promoteAll()).isEqualTo(1);
        store.assertState(job.id(), JobState.AVAILABLE);
        assertThat(job(store.claimOne())).isEqualTo(job.id());
    }

    @Test
    void aJobDueAtAnInstantRunsAfterItAndNotBefore() {
        store.assumeHas(Capability.DELAY);
        Instant due = store.store().time().plus(HOUR);
        NewJob job = store.add(store.job().due(Due.at(due)).one());

        store.clock.advance(HOUR.minus(MOMENT));
        assertThat(store.promoteAll()).as("promoted early").isZero();

        store.clock.advance(MOMENT.multipliedBy(2));
        assertThat(store.promoteAll()).isEqualTo(1);
        assertThat(job(store.claimOne())).isEqualTo(job.id());
    }

    @Test
    void aScheduledJobShowsWhenItIsDue() {
        Instant instant = store.store().time().plus(HOUR).truncatedTo(ChronoUnit.SECONDS);
        store.assumeHas(Capability.DELAY);
        NewJob at = store.add(store.job().due(Due.at(instant)).one());
        Instant before = store.store().time();
        NewJob after = delayed(HOUR);

        assertThat(store.find(at.id()).dueAt()).isEqualTo(instant);
        assertThat(store.find(after.id()).dueAt())
                .isBetween(
                        before.plus(HOUR).truncatedTo(ChronoUnit.MILLIS),
                        store.store().time().plus(HOUR));
    }

    @Test
    void whatIsDueIsJudgedByTheStoresClock() {
        store.assumeHas(Capability.DELAY);
        Instant nowOfSomebodyElse = store.store().time();
        store.clock.advance(Duration.ofDays(2));

        NewJob passed = store.add(store.job()
                .due(Due.at(nowOfSomebodyElse.plus(Duration.ofDays(1))))
                .one());
        delayed(HOUR);

        assertThat(store.promoteAll()).isZero();
        assertThat(store.drained(store.claiming(ALL))).containsExactly(passed.id());
    }

    @Test
    void aJobDueInThePastIsAvailableAtOnce() {
        store.assumeHas(Capability.DELAY);
        NewJob longAgo = store.add(
                store.job().due(Due.at(Instant.parse("2000-01-01T00:00:00Z"))).one());
        NewJob justNow = store.add(
                store.job().due(Due.at(store.store().time().minusSeconds(1))).one());

        store.assertState(longAgo.id(), JobState.AVAILABLE);
        assertThat(store.drained(store.claiming(ALL))).containsExactlyInAnyOrder(longAgo.id(), justNow.id());
    }

    @Test
    void theLongestDelayIsKept() {
        NewJob job = delayed(Due.MAX_DELAY);

        store.clock.advance(Due.MAX_DELAY.minusDays(1));
        assertThat(store.promoteAll()).isZero();
        store.clock.advance(Duration.ofDays(2));
        assertThat(store.promoteAll()).isEqualTo(1);
        assertThat(store.drained(store.claiming(ALL))).containsExactly(job.id());
    }

    @Test
    void theLastInstantIsKept() {
        store.assumeHas(Capability.DELAY);
        Instant last = Instant.parse("9999-12-31T23:59:59Z");
        NewJob job = store.add(store.job().due(Due.at(last)).one());

        store.clock.advance(Due.MAX_DELAY);

        assertThat(store.promoteAll()).isZero();
        assertThat(store.find(job.id()).dueAt()).isEqualTo(last);
    }

    @Test
    void theMostOverdueIsPromotedFirst() {
        store.assumeHas(Capability.DELAY);
        List<NewJob> jobs = store.add(IntStream.of(5, 1, 4, 2, 3)
                .mapToObj(hours ->
                        store.job().due(Due.after(HOUR.multipliedBy(hours))).one())
                .toList());
        store.clock.advance(HOUR.multipliedBy(10));

        List<JobId> order = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            assertThat(store.store().promote(1).total()).isEqualTo(1);
            order.add(job(store.claimOne()));
        }

        assertThat(order)
                .containsExactly(
                        jobs.get(1).id(),
                        jobs.get(3).id(),
                        jobs.get(4).id(),
                        jobs.get(2).id(),
                        jobs.get(0).id());
    }

    @Test
    void overdueJobsOfAllLanesAndPrioritiesArePromotedInOneOrder() {
        store.assumeHas(Capability.DELAY);
        List<Lane> lanes = List.of(LANE, SAME_QUEUE, OTHER_TENANT);
        for (int i = 0; i < 9; i++) {
            store.add(store.job()
                    .lane(lanes.get(i % 3))
                    .priority(9 - i)
                    .due(Due.after(HOUR.multipliedBy(9 - i)))
                    .one());
        }
        store.clock.advance(HOUR.multipliedBy(20));

        for (int i = 8; i >= 0; i--) {
            assertThat(store.store().promote(1).available()).containsExactly(Map.entry(lanes.get(i % 3), 1));
        }
    }

    @Test
    void aPromotionMovesAtMostSoMany() {
        store.assumeHas(Capability.DELAY);
        List<NewJob> jobs = store.add(store.job().due(Due.after(HOUR)).times(25));
        store.clock.advance(HOUR.multipliedBy(2));

        int promoted = 0;
        Promoted last;
        do {
            last = store.store().promote(10);
            promoted += last.total();
            assertThat(last.total()).isLessThanOrEqualTo(10);
            assertThat(store.drained(store.claiming(ALL))).hasSize(last.total());
            assertThat(promoted).isLessThanOrEqualTo(jobs.size());
        } while (last.total() == 10);

        assertThat(promoted)
                .as("promoted when a promotion moves fewer than asked for")
                .isEqualTo(jobs.size());
    }

    @Test
    void aPromotionSaysWhatItMovedByLane() {
        store.assumeHas(Capability.DELAY);
        store.add(store.job().due(Due.after(HOUR)).times(3));
        store.add(store.job().lane(SAME_QUEUE).due(Due.after(HOUR)).times(2));
        store.add(store.job()
                .lane(OTHER_TENANT)
                .due(Due.after(HOUR.multipliedBy(9)))
                .one());
        store.clock.advance(HOUR.multipliedBy(2));

        Promoted promoted = store.store().promote(JobStore.BATCH_JOBS);

        assertThat(promoted.available()).containsOnly(Map.entry(LANE, 3), Map.entry(SAME_QUEUE, 2));
        assertThat(promoted.total()).isEqualTo(5);
        assertThat(store.store().promote(JobStore.BATCH_JOBS).available()).isEmpty();
    }

    @Test
    void thousandsOfJobsDueAtOnceArePromotedOnceEach() {
        store.assumeHas(Capability.DELAY);
        List<NewJob> jobs = store.add(store.job().due(Due.after(HOUR)).times(3_000));
        store.clock.advance(HOUR.multipliedBy(2));

        assertThat(store.promoteAll()).isEqualTo(3_000);
        assertThat(store.promoteAll()).isZero();

        assertThat(store.drained(store.claiming(700))).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    @Test
    void oneCallMayMixDueTimes() {
        store.assumeHas(Capability.DELAY);
        List<NewJob> jobs = store.add(IntStream.range(0, 100)
                .mapToObj(i ->
                        store.job().due(Due.after(HOUR.multipliedBy(i % 4))).one())
                .toList());

        for (int hours = 0; hours < 4; hours++) {
            int due = hours;
            assertThat(store.drained(store.claiming(ALL)))
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, jobs.size())
                            .filter(i -> i % 4 == due)
                            .mapToObj(i -> jobs.get(i).id())
                            .toList());
            store.clock.advance(hours == 0 ? HOUR.plus(MOMENT) : HOUR);
            store.promoteAll();
        }
    }

    @Test
    void aPromotedJobKeepsWhatItWasGiven() {
        store.assumeHas(Capability.DELAY);
        NewJob job = store.add(store.job()
                .lane(SAME_QUEUE)
                .priority(1)
                .maxAttempts(3)
                .due(Due.after(HOUR))
                .one());
        store.clock.advance(HOUR.multipliedBy(2));
        store.promoteAll();

        var lease = store.claimOne(store.claiming(1).lanes(SAME_QUEUE));

        assertThat(job(lease)).isEqualTo(job.id());
        assertThat(lease.priority()).isEqualTo(1);
        assertThat(lease.attempt()).isEqualTo(1);
        assertThat(lease.suspect()).isFalse();
        assertThat(lease.claims().get(0).payload()).isEqualTo(job.payload());
        assertThat(lease.claims().get(0).maxAttempts()).isEqualTo(3);
    }

    @Test
    void aScheduledJobIsKnown() {
        NewJob job = delayed(HOUR);

        assertThat(store.store().enqueue(List.of(job))).containsExactly(new Enqueued.Duplicate(job.id()));

        store.clock.advance(HOUR.multipliedBy(2));
        assertThat(store.promoteAll()).isEqualTo(1);
        assertThat(store.drained(store.claiming(ALL))).containsExactly(job.id());
    }

    private NewJob delayed(Duration delay) {
        store.assumeHas(Capability.DELAY);
        return store.add(store.job().due(Due.after(delay)).one());
    }
}
