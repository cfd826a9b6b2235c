package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.LANE;
import static dev.leat.testkit.Subject.LEASE;
import static dev.leat.testkit.Subject.OTHER_QUEUE;
import static dev.leat.testkit.Subject.OTHER_TENANT;
import static dev.leat.testkit.Subject.SAME_QUEUE;
import static dev.leat.testkit.Subject.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Claimed.Left;
import dev.leat.api.store.Failure;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * How much a claim hands out, and to whom. That no claim exceeds its bounds or leaves its lanes is checked at every claim of
 * every test, in {@link Subject#checkPromises}; here are the cases that would make it.
 */
abstract class ClaimRules {
    private final Subject store;

    ClaimRules(Subject store) {
        this.store = store;
    }

    @Test
    void anEmptyStoreHandsOutNothing() {
        assertThat(store.claim(store.claiming(ALL))).isEqualTo(Claimed.NOTHING);
    }

    @Test
    void aLeaseSaysWhatItHolds() {
        NewJob job = store.add(
                store.job().lane(SAME_QUEUE).priority(2).maxAttempts(3).one());

        Instant before = store.store().time();
        Lease lease = store.claimOne(store.claiming(1).lanes(SAME_QUEUE));
        Instant after = store.store().time();

        assertThat(lease.lane()).isEqualTo(SAME_QUEUE);
        assertThat(lease.priority()).isEqualTo(2);
        assertThat(lease.attempt()).isEqualTo(1);
        assertThat(lease.suspect()).isFalse();
        assertThat(lease.expiresAt()).isBetween(before.plus(LEASE), after.plus(LEASE));
        assertThat(lease.claims()).containsExactly(new Claim(job.id(), job.payload(), 3));
    }

    @Test
    void leasesMayBeAsShortAndAsLongAsAllowed() {
        for (Duration length : List.of(ClaimRequest.SHORTEST_LEASE, ClaimRequest.LONGEST_LEASE)) {
            store.addOne();
            Instant before = store.store().time();
            Lease lease = store.claimOne(store.claiming(1).lease(length));
            Instant after = store.store().time();

            assertThat(lease.expiresAt()).isBetween(before.plus(length), after.plus(length));
        }
    }

    @Test
    void aJobIsHandedOutOnce() {
        store.addOne();
        store.claimOne();

        store.assertNothingToClaim();
    }

    /** Whoever believes a claim that left nothing asks no more; so it may not be said too often, nor never. */
    @Test
    void aClaimSaysWhetherItLeftAnything() {
        store.add(5);
        assertThat(store.claim(store.claiming(4)).left()).isEqualTo(Left.MORE);
        assertThat(store.claim(store.claiming(4)).jobs()).isEqualTo(1);

        store.add(3);
        store.add(store.job().payload(new byte[2_000]).times(2));
        assertThat(store.claim(store.claiming(ALL).bytes(1_000)).left()).isEqualTo(Left.MORE);
        assertThat(store.claim(store.claiming(ALL).bytes(2_000)).left()).isEqualTo(Left.MORE);
        assertThat(store.drained(store.claiming(ALL))).hasSize(1);

        store.add(2);
        store.claim(store.claiming(ALL));
        store.add(2);
        assertThat(store.claim(store.claiming(ALL)).left())
                .as("the second of two claims that find little")
                .isEqualTo(Left.NOTHING);
    }

    @Test
    void everyHandleSeesWhatIsHandedOut() {
        List<NewJob> jobs = store.add(2);
        JobId first = Subject.job(store.claimOne());

        List<Lease> leases =
                Subject.claim(store.other(), store.claiming(ALL).request()).leases();

        assertThat(Subject.jobs(leases)).hasSize(1).doesNotContain(first).isSubsetOf(ids(jobs));
    }

    @Test
    void whatAnotherHandleMakesAvailableIsFound() {
        NewJob first = store.addOne();
        Lease lease = store.claimOne();
        store.assertNothingToClaim();

        store.other().settle(Subject.settlements(lease, new Outcome.Release()));
        lease = store.claimOne();
        store.other().settle(Subject.settlements(lease, new Outcome.Retry(LEASE, Failure.of("try later"))));
        store.assertNothingToClaim();
        store.clock.advance(LEASE.multipliedBy(2));
        assertThat(store.other().promote(ALL).total()).isEqualTo(1);
        lease = store.claimOne();
        assertThat(Subject.job(lease)).isEqualTo(first.id());
        store.clock.advance(LEASE.multipliedBy(2));
        assertThat(store.other().reclaim(ALL).total()).isEqualTo(1);
        assertThat(store.drained(store.claiming(1).suspects())).containsExactly(first.id());

        NewJob second = store.job().one();
        store.other().enqueue(List.of(second));
        assertThat(store.drained(store.claiming(1))).containsExactly(second.id());
    }

    @Test
    void aBlockTakenSevenAtATimeGivesEachJobOnce() {
        List<NewJob> jobs = store.add(1_000);

        assertThat(store.drained(store.claiming(7))).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    @Test
    void aBlockTakenOneAtATimeGivesEachJobOnce() {
        List<NewJob> jobs = store.add(100);

        assertThat(store.drained(store.claiming(1))).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    @Test
    void aBlockTakenAtVaryingSizesGivesEachJobOnce() {
        List<NewJob> jobs = store.add(2_000);
        Random random = new Random(4);
        List<JobId> handedOut = new ArrayList<>();

        while (handedOut.size() < 2_000) {
            List<Lease> leases =
                    store.claim(store.claiming(1 + random.nextInt(300))).leases();
            assertThat(leases).as("after %d of 2,000 jobs", handedOut.size()).isNotEmpty();
            handedOut.addAll(Subject.jobs(leases));
        }

        assertThat(handedOut).containsExactlyInAnyOrderElementsOf(ids(jobs));
        store.assertNothingToClaim();
    }

    @Test
    void aLargeClaimHandsOutSeveralLeases() {
        List<NewJob> jobs = store.add(1_000);

        List<Lease> leases = store.drain(store.claiming(1_000));

        assertThat(leases).hasSizeGreaterThanOrEqualTo(4);
        assertThat(leases)
                .allSatisfy(lease -> assertThat(lease.claims()).hasSizeLessThanOrEqualTo(JobStore.LEASE_JOBS));
        assertThat(Subject.jobs(leases)).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    @Test
    void everyJobOfALargeClaimCanBeSettledUnderItsLease() {
        store.add(1_000);
        List<Lease> leases = store.drain(store.claiming(1_000));

        store.settle(leases, new Outcome.Completed(null));

        store.assertNothingToClaim();
    }

    @Test
    void scatteredIdsAreHandedOutOnceEach() {
        List<NewJob> jobs = store.job().times(1_000);
        List<NewJob> scattered = IntStream.range(0, 1_000)
                .filter(i -> i % 3 != 1)
                .mapToObj(jobs::get)
                .toList();
        store.add(scattered);

        assertThat(store.drained(store.claiming(37))).containsExactlyInAnyOrderElementsOf(ids(scattered));
    }

    @Test
    void jobsOfDifferentPriorityAndAttemptDoNotShareALease() {
        NewJob retried = store.addOne();
        store.settle(store.claimOne(), new Outcome.Retry(Duration.ofHours(1), Failure.of("try later")));
        store.clock.advance(Duration.ofHours(2));
        assertThat(store.promoteAll()).isEqualTo(1);
        List<NewJob> fresh = store.add(IntStream.range(0, 20)
                .mapToObj(
                        i -> store.job().priority(3 + i % 3).maxAttempts(1 + i).one())
                .toList());

        List<Lease> leases = store.drain(store.claiming(ALL));

        assertThat(Subject.jobs(leases)).hasSize(21);
        for (Lease lease : leases) {
            boolean second = Subject.jobs(lease).contains(retried.id());
            assertThat(lease.attempt()).isEqualTo(second ? 2 : 1);
            assertThat(lease.claims()).hasSizeLessThanOrEqualTo(second ? 1 : 20);
            for (Claim claim : lease.claims()) {
                NewJob job = fresh.stream()
                        .filter(each -> each.id().equals(claim.job()))
                        .findFirst()
                        .orElse(retried);
                assertThat(lease.priority()).isEqualTo(job.priority());
                assertThat(claim.maxAttempts()).isEqualTo(job.maxAttempts());
            }
        }
    }

    // Bytes.

    @Test
    void aClaimHoldsNoMoreBytesThanAskedFor() {
        List<NewJob> jobs = store.add(store.job().sized(n -> 100).times(100));

        assertThat(store.drained(store.claiming(ALL).bytes(1_050))).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    @Test
    void aBlockOfUnequalJobsNeverExceedsTheBytesAskedFor() {
        Random random = new Random(5);
        List<NewJob> jobs =
                store.add(store.job().sized(n -> random.nextInt(2_000)).times(500));

        assertThat(store.drained(store.claiming(ALL).bytes(5_000))).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    @Test
    void aBlockWithOneLargeJobNeverExceedsTheBytesAskedFor() {
        List<NewJob> jobs =
                store.add(store.job().sized(n -> n == 40 ? 50_000 : 1).times(100));

        assertThat(store.drained(store.claiming(50).bytes(1_000))).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    @Test
    void bytesAreCountedOverAllLanesAndPriorities() {
        List<Lane> lanes = List.of(LANE, SAME_QUEUE, OTHER_QUEUE);
        List<NewJob> jobs = store.add(IntStream.range(0, 60)
                .mapToObj(i -> store.job()
                        .lane(lanes.get(i % 3))
                        .priority(i % 10)
                        .sized(n -> 50 + i)
                        .one())
                .toList());

        assertThat(store.drained(store.claiming(ALL).lanes(lanes).bytes(400)))
                .containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    @Test
    void aFirstJobThatIsLargerIsHandedOutAlone() {
        List<NewJob> jobs = store.add(store.job().sized(n -> 5_000).times(3));

        List<Lease> leases = store.drain(store.claiming(ALL).bytes(1));

        assertThat(Subject.jobs(leases)).containsExactlyInAnyOrderElementsOf(ids(jobs));
        assertThat(leases).hasSize(3);
    }

    @Test
    void emptyPayloadsFitAnyNumberOfBytes() {
        List<NewJob> jobs = store.add(store.job().sized(n -> 0).times(50));

        assertThat(store.drained(store.claiming(ALL).bytes(1))).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    // Lanes.

    @Test
    void onlyTheLanesAskedForAreServed() {
        NewJob asked = store.add(store.job().lane(SAME_QUEUE).one());
        store.add(store.job().lane(LANE).one());
        store.add(store.job().lane(OTHER_QUEUE).one());

        assertThat(store.drained(store.claiming(ALL).lanes(SAME_QUEUE))).containsExactly(asked.id());
    }

    @Test
    void tenantsAreKeptApart() {
        NewJob ours = store.add(store.job().lane(LANE).one());
        NewJob theirs = store.add(store.job().lane(OTHER_TENANT).one());

        assertThat(store.drained(store.claiming(ALL).lanes(OTHER_TENANT))).containsExactly(theirs.id());
        assertThat(store.drained(store.claiming(ALL).lanes(LANE))).containsExactly(ours.id());
    }

    @Test
    void noLanesGetNothing() {
        store.addOne();

        assertThat(store.claim(store.claiming(ALL).lanes()).leases()).isEmpty();
        assertThat(store.claim(store.claiming(ALL).lanes().suspects()).leases()).isEmpty();
    }

    @Test
    void lanesThatNoJobEverHadAreEmpty() {
        NewJob job = store.addOne();
        List<Lane> unknown = IntStream.range(0, 500)
                .mapToObj(i -> Subject.lane("main", "mail", "never-" + i))
                .toList();

        assertThat(store.claim(store.claiming(ALL).lanes(unknown)).leases()).isEmpty();

        List<Lane> andKnown = new ArrayList<>(unknown);
        andKnown.add(LANE);
        assertThat(store.drained(store.claiming(ALL).lanes(andKnown))).containsExactly(job.id());
    }

    @Test
    void aLaneThatGotItsFirstJobAfterAClaimIsServed() {
        store.assertNothingToClaim(LANE, SAME_QUEUE);
        NewJob job = store.add(store.job().lane(SAME_QUEUE).one());

        assertThat(store.drained(store.claiming(ALL).lanes(LANE, SAME_QUEUE))).containsExactly(job.id());
    }

    @Test
    void aLaneAskedForTwiceIsServedOnce() {
        List<NewJob> jobs = store.add(10);

        assertThat(store.drained(store.claiming(7).lanes(LANE, SAME_QUEUE, LANE)))
                .containsExactlyInAnyOrderElementsOf(ids(jobs));
    }
}
