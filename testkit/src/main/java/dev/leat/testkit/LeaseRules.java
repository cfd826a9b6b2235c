package dev.leat.testkit;

import static dev.leat.testkit.Subject.LANE;
import static dev.leat.testkit.Subject.LEASE;
import static dev.leat.testkit.Subject.LONGER_THAN_LEASE;
import static dev.leat.testkit.Subject.OTHER_TENANT;
import static dev.leat.testkit.Subject.SAME_QUEUE;
import static dev.leat.testkit.Subject.jobs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobState;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Reclaimed;
import dev.leat.api.store.Renewed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How long a lease holds its jobs: renewed by its id it holds, and once it has ended its jobs come back. */
abstract class LeaseRules {
    private static final Outcome DONE = new Outcome.Completed(null);
    private static final Duration MOST_OF_LEASE = LEASE.multipliedBy(3).dividedBy(4);

    private final Subject store;

    LeaseRules(Subject store) {
        this.store = store;
    }

    // Reclaim.

    @Test
    void nothingIsTakenBackBeforeTheLeaseEnds() {
        Lease lease = store.leased(10);

        store.clock.advance(LEASE.minusMinutes(5));

        assertThat(store.reclaimAll()).isEmpty();
        store.assertState(jobs(lease), JobState.RUNNING);
        store.settle(lease, DONE);
    }

    @Test
    void everythingIsTakenBackAfterTheLeaseEnds() {
        Lease lease = store.leased(10);

        store.clock.advance(LEASE.plusMinutes(5));
        List<Reclaimed> reclaimed = store.reclaimAll();

        assertThat(Subject.total(reclaimed)).isEqualTo(10);
        assertThat(Subject.discarded(reclaimed)).isEmpty();
        store.assertState(jobs(lease), JobState.AVAILABLE);
        store.assertStale(lease, DONE);
        assertThat(store.drained(store.claiming(10).suspects())).containsExactlyInAnyOrderElementsOf(jobs(lease));
    }

    @Test
    void eachLeaseEndsInItsOwnTime() {
        store.add(4);
        Lease early = store.claimOne();
        store.clock.advance(LEASE.dividedBy(2));
        Lease late = store.claimOne();
        Lease longer = store.claimOne(store.claiming(1).lease(LEASE.multipliedBy(10)));
        Lease shorter = store.claimOne(store.claiming(1).lease(Duration.ofMillis(100)));
        store.clock.advance(MOST_OF_LEASE);

        assertThat(Subject.total(store.reclaimAll())).isEqualTo(2);

        store.assertStale(early, DONE);
        store.assertStale(shorter, DONE);
        store.settle(late, DONE);
        store.settle(longer, DONE);
    }

    @Test
    void settledJobsAreNotTakenBack() {
        Lease lease = store.leased(10);
        for (int i = 0; i < 7; i++) {
            store.settle(lease, jobs(lease).get(i), DONE);
        }

        assertThat(Subject.total(store.die())).isEqualTo(3);

        assertThat(store.drained(store.claiming(10).suspects()))
                .containsExactlyInAnyOrderElementsOf(jobs(lease).subList(7, 10));
    }

    @Test
    void aLeaseWithoutJobsIsNotTakenBack() {
        Lease lease = store.leased(10);
        store.settle(lease, DONE);

        store.clock.advance(LONGER_THAN_LEASE);

        assertThat(store.store().reclaim(1)).isEqualTo(new Reclaimed(Map.of(), Map.of()));
    }

    @Test
    void aReclaimTakesBackAtMostSoManyLeases() {
        store.add(10);
        List<Lease> leases = store.drain(store.claiming(2));
        int largest =
                leases.stream().mapToInt(lease -> lease.claims().size()).max().orElseThrow();
        store.clock.advance(LONGER_THAN_LEASE);

        int total = 0;
        int last;
        do {
            last = store.store().reclaim(2).total();
            total += last;
            assertThat(last).isLessThanOrEqualTo(2 * largest);
            assertThat(total).isLessThanOrEqualTo(10);
        } while (last > 0);

        assertThat(total).as("taken back when nothing more comes").isEqualTo(10);
        assertThat(store.drained(store.claiming(10).suspects())).hasSize(10);
    }

    @Test
    void aReclaimSaysWhatCameBackByLane() {
        store.add(store.job().times(3));
        store.add(store.job().lane(SAME_QUEUE).times(2));
        store.add(store.job().lane(OTHER_TENANT).times(1));
        assertThat(store.drained(store.claiming(10).lanes(LANE, SAME_QUEUE, OTHER_TENANT)))
                .hasSize(6);
        store.clock.advance(LONGER_THAN_LEASE);

        assertThat(store.store().reclaim(1_000))
                .isEqualTo(new Reclaimed(Map.of(LANE, 3, SAME_QUEUE, 2, OTHER_TENANT, 1), Map.of()));
    }

    @Test
    void manyLargeLeasesAreTakenBackWhole() {
        store.add(2_000);
        List<Lease> leases = store.drain(store.claiming(1_000));

        assertThat(Subject.total(store.die())).isEqualTo(2_000);

        for (Lease lease : leases) {
            store.assertStale(lease, DONE);
        }
        assertThat(store.drained(store.claiming(1_000).suspects())).hasSize(2_000);
    }

    @Test
    void anotherHandleTakesBackWhatADeadOneHeld() {
        store.add(5);
        assertThat(Subject.claim(store.other(), store.claiming(5).request()).jobs())
                .isPositive();
        store.clock.advance(LONGER_THAN_LEASE);

        assertThat(Subject.total(store.reclaimAll())).isPositive();
    }

    @Test
    void whatComesBackIsAsItWas() {
        var job = store.add(
                store.job().lane(SAME_QUEUE).priority(2).maxAttempts(4).one());
        store.claimOne(store.claiming(1).lanes(SAME_QUEUE));
        store.die();

        Lease lease = store.claimOne(store.claiming(1).lanes(SAME_QUEUE).suspects());

        assertThat(lease.lane()).isEqualTo(SAME_QUEUE);
        assertThat(lease.priority()).isEqualTo(2);
        assertThat(lease.claims().get(0).payload()).isEqualTo(job.payload());
        assertThat(lease.claims().get(0).maxAttempts()).isEqualTo(4);
    }

    // Renew.

    @Test
    void aRenewedLeaseHoldsLonger() {
        Lease lease = store.leased(10);
        store.clock.advance(MOST_OF_LEASE);

        assertThat(renew(lease.id())).containsExactly(new Renewed(lease.id(), Renewed.Answer.RENEWED));
        store.clock.advance(MOST_OF_LEASE);

        assertThat(store.reclaimAll()).isEmpty();
        store.settle(lease, DONE);
    }

    @Test
    void aLeaseRenewedInTimeHoldsForever() {
        Lease lease = store.leased(10);
        for (int i = 0; i < 10; i++) {
            store.clock.advance(MOST_OF_LEASE);
            assertThat(renew(lease.id())).containsExactly(new Renewed(lease.id(), Renewed.Answer.RENEWED));
            assertThat(store.reclaimAll()).isEmpty();
        }
        store.settle(lease, DONE);
    }

    @Test
    void aRenewalCountsFromNow() {
        Lease lease = store.leased(1);
        renew(lease.id());
        renew(lease.id());

        store.clock.advance(LEASE.plusMinutes(5));

        assertThat(Subject.total(store.reclaimAll()))
                .as("renewals do not add up")
                .isEqualTo(1);
    }

    @Test
    void aRenewalMayShortenALease() {
        Lease lease = store.leased(1);

        assertThat(store.store().renew(List.of(lease.id()), Duration.ofMinutes(1)))
                .allMatch(Renewed::held);
        store.clock.advance(Duration.ofMinutes(5));

        assertThat(Subject.total(store.reclaimAll())).isEqualTo(1);
    }

    @Test
    void aRenewalHelpsNoOtherLeaseOfItsWorker() {
        store.add(2);
        Lease kept = store.claimOne();
        Lease lost = store.claimOne();
        store.clock.advance(MOST_OF_LEASE);
        renew(kept.id());
        store.clock.advance(MOST_OF_LEASE);

        assertThat(Subject.total(store.reclaimAll())).isEqualTo(1);

        store.assertStale(lost, DONE);
        store.settle(kept, DONE);
    }

    @Test
    void aLeaseThatHasEndedMayBeRenewedUntilItIsReclaimed() {
        Lease lease = store.leased(3);
        store.clock.advance(LONGER_THAN_LEASE);

        assertThat(renew(lease.id())).containsExactly(new Renewed(lease.id(), Renewed.Answer.RENEWED));

        assertThat(store.reclaimAll()).isEmpty();
        store.settle(lease, DONE);
    }

    @Test
    void aReclaimedLeaseIsGone() {
        Lease lease = store.leased(3);
        store.die();

        assertThat(renew(lease.id())).containsExactly(new Renewed(lease.id(), Renewed.Answer.GONE));

        assertThat(store.drained(store.claiming(3).suspects())).hasSize(3);
        assertThat(renew(lease.id())).containsExactly(new Renewed(lease.id(), Renewed.Answer.GONE));
    }

    @Test
    void aLeaseIsGoneWithItsLastJob() {
        Lease lease = store.leased(2);
        store.settle(lease, jobs(lease).get(0), DONE);
        assertThat(renew(lease.id())).containsExactly(new Renewed(lease.id(), Renewed.Answer.RENEWED));

        store.settle(lease, jobs(lease).get(1), DONE);

        assertThat(renew(lease.id())).containsExactly(new Renewed(lease.id(), Renewed.Answer.GONE));
    }

    @Test
    void aLeaseIsGoneWhateverEndedItsJobs() {
        Duration hour = Duration.ofHours(1);
        for (Outcome outcome : List.of(
                new Outcome.Release(), new Outcome.Snooze(hour), new Outcome.Retry(hour, Failure.of("try later")))) {
            Lease lease = store.leased(2);
            store.settle(lease, outcome);

            assertThat(renew(lease.id())).containsExactly(new Renewed(lease.id(), Renewed.Answer.GONE));

            store.drain(store.claiming(2));
        }
    }

    @Test
    void leasesThatNeverWereAreNotHeld() {
        Lease lease = store.leased(1);
        List<LeaseId> unknown = new ArrayList<>();
        for (long id : new long[] {lease.id().value() + 1_000, 0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            unknown.add(new LeaseId(id));
        }

        assertThat(store.store().renew(unknown, LEASE))
                .isEqualTo(unknown.stream()
                        .map(id -> new Renewed(id, Renewed.Answer.GONE))
                        .toList());
    }

    @Test
    void aLeaseAskedForTwiceIsAnsweredTwice() {
        Lease lease = store.leased(1);
        LeaseId unknown = new LeaseId(lease.id().value() + 1_000);

        assertThat(renew(lease.id(), unknown, lease.id(), unknown))
                .containsExactly(
                        new Renewed(lease.id(), Renewed.Answer.RENEWED),
                        new Renewed(unknown, Renewed.Answer.GONE),
                        new Renewed(lease.id(), Renewed.Answer.RENEWED),
                        new Renewed(unknown, Renewed.Answer.GONE));
    }

    @Test
    void answersStandInTheOrderOfTheQuestions() {
        store.add(100);
        List<Lease> leases = store.drain(store.claiming(1));
        List<LeaseId> ids = new ArrayList<>(leases.stream().map(Lease::id).toList());
        Collections.shuffle(ids, new Random(7));

        assertThat(store.store().renew(ids, LEASE))
                .isEqualTo(ids.stream()
                        .map(id -> new Renewed(id, Renewed.Answer.RENEWED))
                        .toList());
    }

    @Test
    void anEmptyListIsAnsweredByAnEmptyList() {
        assertThat(renew()).isEmpty();
    }

    @Test
    void aRenewalByAnotherHandleHoldsToo() {
        Lease lease = store.leased(3);
        store.clock.advance(MOST_OF_LEASE);
        assertThat(store.other().renew(List.of(lease.id()), LEASE))
                .containsExactly(new Renewed(lease.id(), Renewed.Answer.RENEWED));
        store.clock.advance(MOST_OF_LEASE);

        assertThat(store.reclaimAll()).isEmpty();
        store.settle(lease, DONE);
    }

    private List<Renewed> renew(LeaseId... held) {
        return store.store().renew(List.of(held), LEASE);
    }
}
