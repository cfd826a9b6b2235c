package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.LANE;
import static dev.leat.testkit.Subject.OTHER_QUEUE;
import static dev.leat.testkit.Subject.SAME_QUEUE;
import static dev.leat.testkit.Subject.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Due;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** In which order jobs are handed out: by lane as asked, then by priority, then by the time they became available. */
abstract class ClaimOrderRules {
    private static final Duration MOMENT = Duration.ofMinutes(1);

    private final Subject store;

    ClaimOrderRules(Subject store) {
        this.store = store;
    }

    @Test
    void lanesAreServedInTheOrderAskedFor() {
        List<JobId> first = ids(store.add(store.job().lane(LANE).times(3)));
        List<JobId> second = ids(store.add(store.job().lane(SAME_QUEUE).times(3)));
        List<JobId> third = ids(store.add(store.job().lane(OTHER_QUEUE).times(3)));

        List<JobId> drained = store.drained(store.claiming(1).lanes(OTHER_QUEUE, LANE, SAME_QUEUE));

        assertThat(drained.subList(0, 3)).containsExactlyInAnyOrderElementsOf(third);
        assertThat(drained.subList(3, 6)).containsExactlyInAnyOrderElementsOf(first);
        assertThat(drained.subList(6, 9)).containsExactlyInAnyOrderElementsOf(second);
    }

    @Test
    void theOrderOfLanesComesBeforePriority() {
        NewJob urgent = store.add(store.job().lane(SAME_QUEUE).priority(0).one());
        NewJob calm = store.add(store.job().lane(LANE).priority(9).one());

        assertThat(store.drained(store.claiming(1).lanes(LANE, SAME_QUEUE))).containsExactly(calm.id(), urgent.id());
    }

    @Test
    void oneClaimGoesThroughItsLanesInOrder() {
        List<Lane> lanes = List.of(OTHER_QUEUE, SAME_QUEUE, LANE);
        for (int i = 0; i < 30; i++) {
            store.add(store.job().lane(lanes.get(i % 3)).priority(i % 10).one());
        }

        List<Lease> leases = store.claim(store.claiming(ALL).lanes(lanes)).leases();

        assertThat(leases).extracting(lease -> lanes.indexOf(lease.lane())).isSorted();
    }

    @Test
    void theMostUrgentIsClaimedFirst() {
        store.assumeHas(Capability.PRIORITY);
        for (int priority : new int[] {4, 9, 0, 7, 2, 5, 1, 8, 3, 6, 0, 9}) {
            store.add(store.job().priority(priority).one());
        }

        assertThat(store.drain(store.claiming(1)))
                .extracting(Lease::priority)
                .isSorted()
                .hasSize(12);
    }

    @Test
    void theMostUrgentOfOneCallIsClaimedFirst() {
        store.assumeHas(Capability.PRIORITY);
        store.add(IntStream.range(0, 100)
                .mapToObj(i -> store.job().priority(i * 7 % 10).one())
                .toList());

        List<Lease> leases = store.drain(store.claiming(7));

        assertThat(leases).extracting(Lease::priority).isSorted();
        assertThat(Subject.jobs(leases)).hasSize(100);
    }

    @Test
    void anUrgentJobThatCameLastIsClaimedFirst() {
        store.assumeHas(Capability.PRIORITY);
        store.add(store.job().priority(4).times(3));
        assertThat(store.claimOne().priority()).isEqualTo(4);
        store.clock.advance(MOMENT);
        NewJob urgent = store.add(store.job().priority(0).one());

        assertThat(Subject.job(store.claimOne())).isEqualTo(urgent.id());
    }

    @Test
    void jobsThatBecameAvailableFirstAreClaimedFirst() {
        List<JobId> added = addedOneByOne(10);

        assertThat(store.drained(store.claiming(1))).isEqualTo(added);
    }

    @Test
    void aClaimOfSomeTakesTheOldest() {
        List<JobId> added = addedOneByOne(9);

        List<JobId> drained = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            List<JobId> some = Subject.jobs(store.claim(store.claiming(3)).leases());
            drained.addAll(some);
            assertThat(drained).containsExactlyInAnyOrderElementsOf(added.subList(0, drained.size()));
        }
    }

    @Test
    void batchesAreClaimedInTheOrderInWhichTheyCame() {
        List<JobId> first = ids(store.add(50));
        store.clock.advance(MOMENT);
        List<JobId> second = ids(store.add(50));

        List<JobId> drained = store.drained(store.claiming(1));

        assertThat(drained.subList(0, 50)).containsExactlyInAnyOrderElementsOf(first);
        assertThat(drained.subList(50, 100)).containsExactlyInAnyOrderElementsOf(second);
    }

    @Test
    void idsDoNotDecideTheOrder() {
        List<NewJob> jobs = store.job().times(2);
        store.add(jobs.get(1));
        store.clock.advance(MOMENT);
        store.add(jobs.get(0));

        assertThat(store.drained(store.claiming(1)))
                .containsExactly(jobs.get(1).id(), jobs.get(0).id());
    }

    @Test
    void aRetriedJobComesBehindThoseThatWereAvailableBefore() {
        NewJob failed = store.addOne();
        store.settle(store.claimOne(), new Outcome.Retry(Duration.ofHours(1), Failure.of("try later")));
        store.clock.advance(MOMENT);
        NewJob waiting = store.addOne();
        store.clock.advance(Duration.ofHours(2));
        assertThat(store.promoteAll()).isEqualTo(1);

        assertThat(store.drained(store.claiming(1))).containsExactly(waiting.id(), failed.id());
    }

    @Test
    void aPromotedJobComesBehindThoseThatWereAvailableBefore() {
        store.assumeHas(Capability.DELAY);
        NewJob delayed =
                store.add(store.job().due(Due.after(Duration.ofHours(1))).one());
        store.clock.advance(MOMENT);
        NewJob waiting = store.addOne();
        store.clock.advance(Duration.ofHours(2));
        assertThat(store.promoteAll()).isEqualTo(1);
        store.clock.advance(MOMENT);
        NewJob later = store.addOne();

        assertThat(store.drained(store.claiming(1))).containsExactly(waiting.id(), delayed.id(), later.id());
    }

    @Test
    void aReleasedJobComesBehindThoseThatWereAvailableBefore() {
        NewJob released = store.addOne();
        Lease lease = store.claimOne();
        store.clock.advance(MOMENT);
        NewJob waiting = store.addOne();
        store.clock.advance(MOMENT);
        store.settle(lease, new Outcome.Release());

        assertThat(store.drained(store.claiming(1))).containsExactly(waiting.id(), released.id());
    }

    @Test
    void aRetriedJobKeepsItsPriority() {
        store.assumeHas(Capability.PRIORITY);
        NewJob urgent = store.add(store.job().priority(1).one());
        store.settle(store.claimOne(), new Outcome.Retry(Duration.ofHours(1), Failure.of("try later")));
        store.addOne();
        store.clock.advance(Duration.ofHours(2));
        assertThat(store.promoteAll()).isEqualTo(1);

        Lease lease = store.claimOne();

        assertThat(Subject.job(lease)).isEqualTo(urgent.id());
        assertThat(lease.priority()).isEqualTo(1);
    }

    private List<JobId> addedOneByOne(int n) {
        List<JobId> added = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            added.add(store.addOne().id());
            store.clock.advance(MOMENT);
        }
        return added;
    }
}
