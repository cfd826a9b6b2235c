package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.LANE;
import static dev.leat.testkit.Subject.OTHER_TENANT;
import static dev.leat.testkit.Subject.SAME_QUEUE;
import static dev.leat.testkit.Subject.discarded;
import static dev.leat.testkit.Subject.ids;
import static dev.leat.testkit.Subject.job;
import static dev.leat.testkit.Subject.jobs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.store.AttemptRecord;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.Failure;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Reclaimed;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Whose fault it is when workers die: jobs of a dead worker come back as suspects, first some together, then each alone, and
 * only one that ran alone is charged.
 */
abstract class SuspectRules {
    private static final Outcome DONE = new Outcome.Completed(null);
    private static final Duration HOUR = Duration.ofHours(1);

    private final Subject store;

    SuspectRules(Subject store) {
        this.store = store;
    }

    // Together.

    @Test
    void jobsOfADeadWorkerComeBackAsSuspects() {
        Lease dead = store.leased(5);

        assertThat(Subject.total(store.die())).isEqualTo(5);

        List<Lease> leases = store.drain(store.claiming(ALL).suspects());
        assertThat(leases).allMatch(Lease::suspect);
        assertThat(jobs(leases)).containsExactlyInAnyOrderElementsOf(jobs(dead));
    }

    @Test
    void suspectsAreKeptFromWorkersThatDoNotAllowThem() {
        Lease dead = store.leased(5);
        store.die();

        store.assertNothingToClaim();
        NewJob normal = store.addOne();
        assertThat(store.drained(store.claiming(ALL))).containsExactly(normal.id());

        assertThat(store.drained(store.claiming(ALL).suspects())).containsExactlyInAnyOrderElementsOf(jobs(dead));
    }

    @Test
    void suspectsAreKeptFromWorkersThatDoNotAllowThemAlsoWhenAlone() {
        Lease dead = store.leased(5);
        store.die();
        store.drain(store.claiming(ALL).suspects());
        store.die();

        store.assertNothingToClaim();

        assertThat(store.drained(store.claiming(ALL).suspects())).containsExactlyInAnyOrderElementsOf(jobs(dead));
    }

    @Test
    void aDeathCostsNobodyAnAttempt() {
        Lease dead = store.leased(store.add(store.job().maxAttempts(1).times(5)));
        store.die();

        for (JobId job : jobs(dead)) {
            assertUncharged(store.find(job));
            assertThat(store.find(job).state()).isEqualTo(JobState.AVAILABLE);
        }
        assertThat(store.drain(store.claiming(ALL).suspects()))
                .extracting(Lease::attempt)
                .containsOnly(1);
    }

    @Test
    void onlySoManySuspectsGoTogether() {
        store.leased(100);
        store.die();

        List<Lease> leases = store.drain(store.claiming(ALL).suspects());

        assertThat(leases)
                .allSatisfy(lease -> assertThat(lease.claims()).hasSizeLessThanOrEqualTo(JobStore.SUSPECTS_TOGETHER));
        assertThat(jobs(leases)).hasSize(100);
    }

    @Test
    void suspectsComeFirstAndInALeaseOfTheirOwn() {
        Lease dead = store.leased(5);
        store.die();
        List<NewJob> normal = store.add(store.job().priority(0).times(5));

        Set<JobId> suspects = new HashSet<>(jobs(dead));
        while (!suspects.isEmpty()) {
            List<Lease> leases = store.claim(store.claiming(7).suspects()).leases();
            assertThat(leases.get(0).suspect()).isTrue();
            assertThat(jobs(leases.get(0))).isSubsetOf(suspects);
            suspects.removeAll(jobs(leases.get(0)));
            assertThat(jobs(leases.subList(1, leases.size()))).isSubsetOf(ids(normal));
        }
    }

    @Test
    void aWorkerThatAllowsSuspectsGetsOthersWhereThereAreNone() {
        List<NewJob> normal = store.add(5);

        List<Lease> leases = store.drain(store.claiming(ALL).suspects());

        assertThat(leases).noneMatch(Lease::suspect);
        assertThat(jobs(leases)).containsExactlyInAnyOrderElementsOf(ids(normal));
    }

    @Test
    void suspectsStayWithinTheBoundsOfAClaim() {
        store.leased(store.add(store.job().sized(n -> n * 10).times(40)));
        store.die();
        store.add(store.job().sized(n -> n * 10).times(40));

        assertThat(store.drained(store.claiming(3).bytes(500).suspects())).hasSize(80);
    }

    @Test
    void suspectsStayInTheirLane() {
        List<Lane> lanes = List.of(LANE, SAME_QUEUE, OTHER_TENANT);
        for (Lane lane : lanes) {
            store.add(store.job().lane(lane).priority(3).times(3));
            store.add(store.job().lane(lane).priority(5).times(3));
        }
        List<Lease> before = store.drain(store.claiming(ALL).lanes(lanes));
        store.die();

        for (Lane lane : lanes) {
            List<Lease> suspects = store.drain(store.claiming(ALL).lanes(lane).suspects());
            assertThat(suspects).allSatisfy(lease -> assertThat(lease.lane()).isEqualTo(lane));
            for (int priority : new int[] {3, 5}) {
                assertThat(jobs(ofPriority(suspects, lane, priority)))
                        .containsExactlyInAnyOrderElementsOf(jobs(ofPriority(before, lane, priority)));
            }
        }
    }

    private static List<Lease> ofPriority(List<Lease> leases, Lane lane, int priority) {
        return leases.stream()
                .filter(lease -> lease.lane().equals(lane) && lease.priority() == priority)
                .toList();
    }

    // Alone.

    @Test
    void suspectsWhoseWorkerDiedTooGoOutAlone() {
        store.leased(40);
        store.die();
        store.drain(store.claiming(ALL).suspects());
        store.die();

        List<Lease> leases = store.drain(store.claiming(ALL).suspects());

        assertThat(leases).hasSize(40).allSatisfy(lease -> {
            assertThat(lease.suspect()).isTrue();
            assertThat(lease.claims()).hasSize(1);
            assertThat(lease.attempt()).isEqualTo(1);
        });
    }

    @Test
    void aDeathOfSeveralSuspectsChargesNone() {
        Lease group = groupOf(5);

        List<Reclaimed> reclaimed = store.die();

        assertThat(discarded(reclaimed)).isEmpty();
        assertThat(jobs(group)).allSatisfy(job -> assertUncharged(store.find(job)));
    }

    @Test
    void aSuspectThatIsLeftOverOfAGroupIsNotCharged() {
        Lease group = groupOf(5);
        for (int i = 0; i < 4; i++) {
            store.settle(group, jobs(group).get(i), DONE);
        }

        store.die();

        JobId left = jobs(group).get(4);
        assertUncharged(store.find(left));
        assertThat(jobs(store.claimOne(store.claiming(1).suspects()))).containsExactly(left);
    }

    @Test
    void aDeathAloneIsChargedToThatJobOnly() {
        Lease group = groupOf(5);
        store.die();
        JobId alone = job(store.claimOne(store.claiming(1).suspects()));

        List<Reclaimed> reclaimed = store.die();

        assertThat(Subject.total(reclaimed)).isEqualTo(1);
        assertCharged(store.find(alone), 1);
        for (JobId job : jobs(group)) {
            if (!job.equals(alone)) {
                assertUncharged(store.find(job));
            }
        }
    }

    @Test
    void aDeathAloneIsNotChargedToNormalNeighbours() {
        groupOf(5);
        store.die();
        List<NewJob> normal = store.add(20);
        List<Lease> leases = store.claim(store.claiming(ALL).suspects()).leases();
        JobId alone = job(leases.get(0));

        store.die();

        assertCharged(store.find(alone), 1);
        assertThat(normal).allSatisfy(job -> assertUncharged(store.find(job.id())));
    }

    @Test
    void aSuspectThatRanAloneAndDiedGoesOutAloneAgain() {
        Lease alone = alone(25);
        store.die();

        Lease again = store.claimOne(store.claiming(1).suspects());

        assertThat(jobs(again)).isEqualTo(jobs(alone));
        assertThat(again.suspect()).isTrue();
        assertThat(again.attempt()).isEqualTo(2);
    }

    @Test
    void theThirdCrashIsTheLast() {
        JobId job = job(alone(25));
        for (int crash = 1; crash < JobStore.CRASH_LIMIT; crash++) {
            assertThat(discarded(store.die())).isEmpty();
            assertCharged(store.find(job), crash);
            store.claimOne(store.claiming(1).suspects());
        }

        List<Reclaimed> last = store.die();

        assertThat(last).hasSize(1);
        assertThat(last.get(0).discarded()).containsOnlyKeys(job);
        assertThat(last.get(0).available()).isEmpty();
        assertDiscarded(job, JobStore.CRASH_LIMIT, JobStore.CRASH_LIMIT);
    }

    @Test
    void aCrashInTheLastAttemptIsTheLast() {
        JobId job = job(alone(1));

        assertThat(discarded(store.die())).containsExactly(job);

        assertDiscarded(job, 1, 1);
    }

    @Test
    void aCrashInTheSecondOfTwoAttemptsIsTheLast() {
        Lease alone = alone(2);
        JobId job = job(alone);
        assertThat(discarded(store.die())).isEmpty();
        store.claimOne(store.claiming(1).suspects());

        assertThat(discarded(store.die())).containsExactly(job);

        assertDiscarded(job, 2, 2);
    }

    // Cleared.

    @Test
    void aSuspectMayComplete() {
        Lease group = groupOf(5);
        store.settle(group, DONE);

        store.assertState(jobs(group), JobState.COMPLETED);
        assertThat(store.die()).isEmpty();
        assertThat(store.find(jobs(group).get(0)).attempt()).isEqualTo(1);
    }

    @Test
    void aSuspectThatIsRetriedIsNormalAgain() {
        Lease group = groupOf(5);
        store.settle(group, new Outcome.Retry(HOUR, Failure.of("try later")));
        store.clock.advance(HOUR.multipliedBy(2));
        assertThat(store.promoteAll()).isEqualTo(5);

        List<Lease> leases = store.drain(store.claiming(ALL));

        assertThat(jobs(leases)).containsExactlyInAnyOrderElementsOf(jobs(group));
        assertThat(leases).allSatisfy(lease -> {
            assertThat(lease.suspect()).isFalse();
            assertThat(lease.attempt()).isEqualTo(2);
        });
    }

    @Test
    void aSuspectThatIsSnoozedIsNormalAgain() {
        Lease alone = alone(25);
        store.settle(alone, new Outcome.Snooze(HOUR));
        store.clock.advance(HOUR.multipliedBy(2));
        assertThat(store.promoteAll()).isEqualTo(1);

        Lease lease = store.claimOne();

        assertThat(jobs(lease)).isEqualTo(jobs(alone));
        assertThat(lease.suspect()).isFalse();
        assertThat(lease.attempt()).isEqualTo(1);
    }

    @Test
    void aReleasedSuspectIsNotLost() {
        Lease group = groupOf(5);
        store.settle(group, new Outcome.Release());

        assertThat(store.drained(store.claiming(ALL).suspects())).containsExactlyInAnyOrderElementsOf(jobs(group));
    }

    @Test
    void crashesStayCountedWhenAJobIsNormalAgain() {
        JobId job = job(alone(25));
        store.die();
        Lease second = store.claimOne(store.claiming(1).suspects());
        store.settle(second, new Outcome.Retry(HOUR, Failure.of("try later")));
        store.clock.advance(HOUR.multipliedBy(2));
        store.promoteAll();
        assertThat(store.find(job).crashes()).isEqualTo(1);
        Lease normal = store.claimOne();
        assertThat(normal.attempt()).isEqualTo(3);

        assertThat(Subject.total(store.die())).isEqualTo(1);

        JobRecord record = store.find(job);
        assertThat(record.crashes()).as("it did not run as a suspect").isEqualTo(1);
        assertThat(record.attempt()).isEqualTo(2);
        int deaths = 0;
        while (store.find(job).state() != JobState.DISCARDED) {
            store.claimOne(store.claiming(1).suspects());
            store.die();
            assertThat(++deaths).as("deaths until the third crash").isLessThanOrEqualTo(3);
        }
        assertThat(deaths).as("deaths until the third crash").isGreaterThanOrEqualTo(2);
        assertThat(store.find(job).crashes()).isEqualTo(JobStore.CRASH_LIMIT);
    }

    // History.

    @Test
    void lostRunsAreInTheHistory() {
        Lease normal = store.leased(store.add(store.job().times(2)));
        JobId job = jobs(normal).get(0);
        store.die();
        Lease group = holding(store.drain(store.claiming(ALL).suspects().worker(31)), job);
        assumeTrue(group.claims().size() == 2, "the store hands out suspects together");
        store.die();
        Lease alone = holding(store.drain(store.claiming(ALL).suspects()), job);
        store.die();
        Lease again = holding(store.drain(store.claiming(ALL).suspects()), job);
        store.settle(again, DONE);

        JobRecord record = store.find(job);

        assertThat(record.attempt()).isEqualTo(2);
        assertThat(record.crashes()).isEqualTo(1);
        assertThat(record.attempts())
                .extracting(AttemptRecord::lease)
                .containsExactly(normal.id(), group.id(), alone.id());
        assertThat(record.attempts()).extracting(AttemptRecord::attempt).containsExactly(1, 1, 1);
        assertThat(record.attempts()).extracting(AttemptRecord::ended).containsOnly(Ended.LOST);
        assertThat(record.attempts()).extracting(AttemptRecord::failure).containsOnlyNulls();
        assertThat(record.attempts()).extracting(AttemptRecord::worker).startsWith(1, 31);
        assertThat(record.attempts())
                .allSatisfy(run -> assertThat(run.endedAt()).isAfter(run.startedAt()))
                .extracting(AttemptRecord::startedAt)
                .isSorted();
    }

    /** That many suspects in one lease, the first time. */
    private Lease groupOf(int n) {
        return groupOf(n, 25);
    }

    private Lease groupOf(int n, int maxAttempts) {
        Lease dead = store.leased(store.add(store.job().maxAttempts(maxAttempts).times(n)));
        store.die();
        List<Lease> groups = store.drain(store.claiming(ALL).suspects());
        assertThat(jobs(groups)).containsExactlyInAnyOrderElementsOf(jobs(dead));
        assumeTrue(groups.size() == 1, "the store hands out suspects together");
        return groups.get(0);
    }

    /** One suspect that is out alone, since its group died too; the other of the group has completed. */
    private Lease alone(int maxAttempts) {
        groupOf(2, maxAttempts);
        store.die();
        List<Lease> leases = store.drain(store.claiming(ALL).suspects());
        assertThat(leases).hasSize(2);
        store.settle(leases.get(0), DONE);
        return leases.get(1);
    }

    private static Lease holding(List<Lease> leases, JobId job) {
        return leases.stream()
                .filter(lease -> jobs(lease).contains(job))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no lease holds " + job));
    }

    private static void assertUncharged(JobRecord job) {
        assertThat(job.attempt()).as("attempt of %s", job.id()).isZero();
        assertThat(job.crashes()).as("crashes of %s", job.id()).isZero();
    }

    private static void assertCharged(JobRecord job, int crashes) {
        assertThat(job.attempt()).as("attempt of %s", job.id()).isEqualTo(crashes);
        assertThat(job.crashes()).as("crashes of %s", job.id()).isEqualTo(crashes);
    }

    private void assertDiscarded(JobId job, int crashes, int attempt) {
        JobRecord record = store.find(job);
        assertThat(record.state()).isEqualTo(JobState.DISCARDED);
        assertThat(record.crashes()).isEqualTo(crashes);
        assertThat(record.attempt()).isEqualTo(attempt);
        assertThat(record.finishedAt()).isNotNull();
        assertThat(record.failure()).as("the reason").isNotNull();
        store.clock.advance(HOUR.multipliedBy(100));
        assertThat(store.promoteAll()).isZero();
        assertThat(store.reclaimAll()).isEmpty();
        assertThat(store.drained(store.claiming(ALL).suspects())).isEmpty();
    }
}
