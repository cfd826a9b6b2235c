package dev.leat.testkit;

import static dev.leat.testkit.Subject.discarded;
import static dev.leat.testkit.Subject.ids;
import static dev.leat.testkit.Subject.jobs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Jobs that kill whoever runs them end as discarded, and no job that only stood beside them pays for it. */
abstract class PoisonRules {
    private static final Outcome DONE = new Outcome.Completed(null);
    private static final int MANY_ROUNDS = 1_000;

    private final Subject store;

    PoisonRules(Subject store) {
        this.store = store;
    }

    @Test
    void onePoisonedJobCostsItsTwoHundredNeighboursNothing() {
        List<JobId> all = ids(store.add(201));
        JobId poison = all.get(117);

        List<JobId> discarded = work(Set.of(poison), 50, false);

        assertThat(discarded).containsExactly(poison);
        assertOnlyPoisonIsCharged(all, Set.of(poison));
    }

    @Test
    void severalPoisonedJobsCostTheirNeighboursNothing() {
        List<JobId> all = ids(store.add(store.job().times(100)));
        Set<JobId> poison = Set.of(all.get(0), all.get(1), all.get(50), all.get(99));

        List<JobId> discarded = work(poison, 256, false);

        assertThat(discarded).containsExactlyInAnyOrderElementsOf(poison);
        assertOnlyPoisonIsCharged(all, poison);
    }

    @Test
    void aWorkerThatSettledSomeOfItsJobsBeforeItDiedChangesNothing() {
        List<JobId> all = ids(store.add(60));
        Set<JobId> poison = Set.of(all.get(20), all.get(40));

        List<JobId> discarded = work(poison, 60, true);

        assertThat(discarded).containsExactlyInAnyOrderElementsOf(poison);
        assertOnlyPoisonIsCharged(all, poison);
    }

    /**
     * A worker that dies of poison each time it gets some, with everything it holds; gives what was discarded.
     *
     * @param settlesAsItGoes whether what it ran before the poison is settled by then
     */
    private List<JobId> work(Set<JobId> poison, int max, boolean settlesAsItGoes) {
        List<JobId> discarded = new ArrayList<>();
        for (int round = 0; round < MANY_ROUNDS; round++) {
            List<Lease> leases = store.claim(store.claiming(max).suspects()).leases();
            if (leases.isEmpty()) {
                return discarded;
            }
            if (jobs(leases).stream().noneMatch(poison::contains)) {
                store.settle(leases, DONE);
                continue;
            }
            if (settlesAsItGoes) {
                settleUpTo(poison, leases);
            }
            discarded.addAll(discarded(store.die()));
        }
        throw new AssertionError("the work never ends");
    }

    private void settleUpTo(Set<JobId> poison, List<Lease> leases) {
        for (Lease lease : leases) {
            for (JobId job : jobs(lease)) {
                if (poison.contains(job)) {
                    return;
                }
                store.settle(lease, job, DONE);
            }
        }
    }

    private void assertOnlyPoisonIsCharged(List<JobId> all, Set<JobId> poison) {
        for (JobId job : all) {
            JobRecord record = store.find(job);
            boolean poisoned = poison.contains(job);
            assertThat(record.state()).isEqualTo(poisoned ? JobState.DISCARDED : JobState.COMPLETED);
            assertThat(record.crashes()).isEqualTo(poisoned ? JobStore.CRASH_LIMIT : 0);
            assertThat(record.attempt()).isEqualTo(poisoned ? JobStore.CRASH_LIMIT : 1);
        }
    }
}
