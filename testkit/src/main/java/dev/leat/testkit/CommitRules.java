package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.LANE;
import static dev.leat.testkit.Subject.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Jobs are committed or rolled back with the caller's data, and nobody waits for the caller. */
abstract class CommitRules {
    private static final Outcome DONE = new Outcome.Completed(null);
    private static final Duration HOUR = Duration.ofHours(1);

    private final Subject store;
    private final CallerSubject callers;

    CommitRules(Subject store, CallerSubject callers) {
        this.store = store;
        this.callers = callers;
    }

    @Test
    void theStoreSaysThatJobsCanJoinATransaction() {
        assertThat(store.has(Capability.TRANSACTIONAL_ENQUEUE)).isTrue();
        assertThat(store.store().feature(Transactional.class)).isPresent();
    }

    @Test
    void aCommitMakesTheJobsClaimable() throws Exception {
        Connection caller = callers.begin();
        List<NewJob> jobs = store.job().times(3);

        assertThat(callers.enqueue(caller, jobs)).isEqualTo(CallerSubject.inTransaction(jobs));
        caller.commit();

        store.assertState(ids(jobs), JobState.AVAILABLE);
        List<Lease> leases = store.drain(store.claiming(ALL));
        assertThat(Subject.jobs(leases)).containsExactlyInAnyOrderElementsOf(ids(jobs));
        store.settle(leases, DONE);
    }

    @Test
    void nothingIsSeenBeforeTheCommit() throws Exception {
        NewJob job = store.job().one();
        callers.enqueue(callers.begin(), List.of(job));

        store.assertNothingToClaim();
        if (store.has(Capability.INSPECTION)) {
            Inspect inspect = store.inspect();
            assertThat(inspect.find(LANE.tenant(), job.id())).isEmpty();
        }
    }

    @Test
    void aRollBackLeavesNothing() throws Exception {
        Connection caller = callers.begin();
        List<NewJob> jobs = store.job().times(3);
        callers.enqueue(caller, jobs);

        caller.rollback();

        store.assertNothingToClaim();
        store.add(jobs);
        assertThat(store.drained(store.claiming(ALL))).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    @Test
    void aJobThatWasRolledBackMayBeWrittenAgain() throws Exception {
        Connection caller = callers.begin();
        List<NewJob> jobs = store.job().times(3);
        callers.enqueue(caller, jobs);
        caller.rollback();

        assertThat(callers.enqueue(caller, jobs)).isEqualTo(CallerSubject.inTransaction(jobs));
        caller.commit();

        assertThat(store.drained(store.claiming(ALL))).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    @Test
    void aRollBackToASavepointKeepsWhatWasBefore() throws Exception {
        Connection caller = callers.begin();
        NewJob before = store.job().one();
        NewJob after = store.job().one();
        callers.enqueue(caller, List.of(before));
        Savepoint savepoint = caller.setSavepoint();
        callers.enqueue(caller, List.of(after));
        caller.rollback(savepoint);
        caller.commit();

        assertThat(store.drained(store.claiming(ALL))).containsExactly(before.id());
    }

    @Test
    void theCallersRowAndItsJobAreCommittedTogether() throws Exception {
        Connection caller = callers.begin();
        NewJob job = store.job().one();
        CallerSubject.insert(caller, 1);
        callers.enqueue(caller, List.of(job));
        CallerSubject.insert(caller, 2);
        caller.commit();

        assertThat(callers.orders()).isEqualTo(2);
        assertThat(store.drained(store.claiming(ALL))).containsExactly(job.id());
    }

    @Test
    void theCallersRowAndItsJobAreRolledBackTogether() throws Exception {
        Connection caller = callers.begin();
        CallerSubject.insert(caller, 1);
        callers.enqueue(caller, List.of(store.job().one()));
        CallerSubject.insert(caller, 2);
        caller.rollback();

        assertThat(callers.orders()).isZero();
        store.assertNothingToClaim();
    }

    @Test
    void aCallersErrorTakesItsJobsWithIt() throws Exception {
        Connection caller = callers.begin();
        CallerSubject.insert(caller, 1);
        callers.enqueue(caller, List.of(store.job().one()));
        assertThatThrownBy(() -> CallerSubject.insert(caller, 1)).isInstanceOf(SQLException.class);
        caller.rollback();

        store.assertNothingToClaim();
    }

    @Test
    void oneTransactionMayEnqueueManyTimes() throws Exception {
        Connection caller = callers.begin();
        List<NewJob> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            List<NewJob> jobs = store.job()
                    .lane(i % 2 == 0 ? LANE : Subject.OTHER_TENANT)
                    .priority(i % 10)
                    .times(i);
            assertThat(callers.enqueue(caller, jobs)).isEqualTo(CallerSubject.inTransaction(jobs));
            all.addAll(jobs);
        }
        caller.commit();

        assertThat(store.drained(store.claiming(17).lanes(LANE, Subject.OTHER_TENANT)))
                .containsExactlyInAnyOrderElementsOf(ids(all));
    }

    @Test
    void tenThousandJobsMayBeWrittenInOneCall() throws Exception {
        Connection caller = callers.begin();
        List<NewJob> jobs = store.job().times(JobStore.BATCH_JOBS);

        assertThat(callers.enqueue(caller, jobs)).isEqualTo(CallerSubject.inTransaction(jobs));
        assertThat(callers.enqueue(caller, List.of())).isEmpty();
        caller.commit();

        assertThat(store.drained(store.claiming(ALL))).hasSize(JobStore.BATCH_JOBS);
    }

    @Test
    void manyCallersCommitAndRollBackAtOnce() throws Exception {
        List<List<NewJob>> batches = new ArrayList<>();
        List<Connection> open = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            batches.add(store.job().times(50));
            open.add(callers.begin());
        }

        Race.of(8, thread -> () -> {
            for (NewJob job : batches.get(thread)) {
                callers.enqueue(open.get(thread), List.of(job));
                if (thread % 2 == 0) {
                    open.get(thread).commit();
                } else {
                    open.get(thread).rollback();
                }
            }
            return 0;
        });

        List<JobId> committed = new ArrayList<>();
        for (int i = 0; i < 8; i += 2) {
            committed.addAll(ids(batches.get(i)));
        }
        assertThat(store.drained(store.claiming(ALL))).containsExactlyInAnyOrderElementsOf(committed);
    }

    // Nobody waits.

    @Test
    void nobodyWaitsForAnOpenTransaction() throws Exception {
        Lease dead = store.leased(3);
        store.clock.advance(Subject.LONGER_THAN_LEASE);
        store.add(10);
        Connection caller = callers.begin();
        NewJob open = store.job().one();
        callers.enqueue(caller, List.of(open));

        unhindered(() -> {
            assertThat(Subject.total(store.reclaimAll()))
                    .isEqualTo(Subject.jobs(dead).size());
            store.add(10);
            store.promoteAll();
            List<Lease> leases = store.drain(store.claiming(4).suspects());
            assertThat(Subject.jobs(leases)).hasSize(23).doesNotContain(open.id());
            assertThat(store.store().renew(leases.stream().map(Lease::id).toList(), HOUR))
                    .allMatch(renewed -> renewed.held());
            store.settle(leases, DONE);
            return 0;
        });

        caller.commit();
        assertThat(store.drained(store.claiming(ALL))).containsExactly(open.id());
    }

    @Test
    void nobodyWaitsForALaneThatIsNew() throws Exception {
        Lane lane = Subject.lane("newcomer", "new-queue", "new-kind");
        Connection first = callers.begin();
        Connection second = callers.begin();
        callers.enqueue(first, List.of(store.job().lane(lane).one()));

        NewJob committed = store.job().lane(lane).one();
        NewJob added = unhindered(() -> {
            callers.enqueue(second, List.of(committed));
            return store.add(store.job().lane(lane).one());
        });
        first.rollback();
        second.commit();

        assertThat(store.drained(store.claiming(ALL).lanes(lane)))
                .containsExactlyInAnyOrder(committed.id(), added.id());
    }

    @Test
    void aJobThatWasCommittedLateIsFoundByTheNextClaim() throws Exception {
        Connection caller = callers.begin();
        NewJob late = store.job().one();
        callers.enqueue(caller, List.of(late));
        for (int i = 0; i < 20; i++) {
            store.clock.advance(Duration.ofMinutes(10));
            store.add(20);
            store.settle(store.drain(store.claiming(7)), DONE);
        }

        caller.commit();

        assertThat(store.drained(store.claiming(10))).containsExactly(late.id());
    }

    /** On a thread of its own, so that waiting for the test's open transaction fails instead of hanging. */
    private static <T> T unhindered(Callable<T> work) throws Exception {
        return Race.of(List.of(work)).get(0);
    }
}
