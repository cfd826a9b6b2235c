package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.LEASE;
import static dev.leat.testkit.Subject.LONGER_THAN_LEASE;
import static dev.leat.testkit.Subject.jobs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Failure;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Settled.Answer;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Transactional.Completion;
import java.sql.Connection;
import java.sql.Savepoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A job's completion is committed or rolled back with the caller's data, and nobody waits for the caller. */
abstract class CompletionRules {
    private static final Outcome DONE = new Outcome.Completed(null);

    private final Subject store;
    private final CallerSubject callers;

    CompletionRules(Subject store, CallerSubject callers) {
        this.store = store;
        this.callers = callers;
    }

    @Test
    void theStoreSaysThatCompletionsCanJoinATransaction() {
        assertThat(store.has(Capability.TRANSACTIONAL_COMPLETION)).isTrue();
    }

    // Leases of their own.

    @Test
    void aJobThatIsSplitOffIsAloneInAGreaterLease() {
        Lease lease = store.leased(JobStore.LEASE_JOBS);
        JobId job = jobs(lease).get(100);

        LeaseId own = split(lease, job);

        assertThat(own).isGreaterThan(lease.id());
        assertThat(store.answer(lease, job, DONE)).isEqualTo(Answer.STALE_LEASE);
        List<Settlement> others = Subject.settlements(lease, DONE).stream()
                .filter(each -> !each.job().equals(job))
                .toList();
        assertThat(store.store().settle(others)).isEqualTo(Subject.answers(others, Answer.ACCEPTED));
        assertThat(settle(own, jobs(lease).get(101))).isEqualTo(Answer.STALE_LEASE);
        assertThat(settle(own, job)).isEqualTo(Answer.ACCEPTED);
        store.assertState(jobs(lease), JobState.COMPLETED);
    }

    @Test
    void theOnlyJobOfALeaseLeavesIt() {
        Lease lease = store.leased(1);

        LeaseId own = split(lease, Subject.job(lease));

        assertThat(own).isGreaterThan(lease.id());
        assertThat(store.store().renew(List.of(lease.id(), own), LEASE))
                .containsExactly(
                        new Renewed(lease.id(), Renewed.Answer.GONE), new Renewed(own, Renewed.Answer.RENEWED));
        assertThat(settle(own, Subject.job(lease))).isEqualTo(Answer.ACCEPTED);
    }

    @Test
    void whatALeaseDoesNotHoldIsNotSplitOff() {
        Lease lease = store.leased(3);
        Lease another = store.leased(1);
        store.settle(lease, jobs(lease).get(0), DONE);

        assertThat(callers.facet().split(lease.id(), jobs(lease).get(0))).isEmpty();
        assertThat(callers.facet().split(lease.id(), Subject.job(another))).isEmpty();
        assertThat(callers.facet()
                        .split(new LeaseId(Long.MAX_VALUE), jobs(lease).get(1)))
                .isEmpty();
        split(lease, jobs(lease).get(1));
        assertThat(callers.facet().split(lease.id(), jobs(lease).get(1))).isEmpty();
        store.settle(another, DONE);
        store.settle(lease, jobs(lease).get(2), DONE);
    }

    @Test
    void aClaimThatIsAskedAgainHandsOutWhatWasSplitOff() throws Exception {
        store.add(5);
        ClaimRequest request = store.claiming(5).claimId(UUID.randomUUID()).request();
        Lease lease = leases(request).get(0);
        Instant end = lease.expiresAt();
        List<JobId> all = jobs(lease);
        store.add(5);

        LeaseId first = split(lease, all.get(2));
        LeaseId second = split(lease, all.get(4));

        List<Lease> again = leases(request);
        assertThat(again).extracting(Lease::id).containsExactlyInAnyOrder(lease.id(), first, second);
        assertThat(jobs(again)).containsExactlyInAnyOrderElementsOf(all);
        assertThat(again).allSatisfy(each -> {
            assertThat(each.expiresAt()).isEqualTo(end);
            assertThat(each.attempt()).isEqualTo(lease.attempt());
            assertThat(each.lane()).isEqualTo(lease.lane());
            assertThat(each.priority()).isEqualTo(lease.priority());
        });

        Connection caller = callers.begin();
        assertThat(complete(caller, first, all.get(2))).isEqualTo(Answer.ACCEPTED);
        assertThat(unhindered(() -> jobs(leases(request)))).containsExactlyInAnyOrderElementsOf(all);
        caller.commit();
        assertThat(jobs(leases(request))).hasSize(4).doesNotContain(all.get(2));
    }

    @Test
    void manyJobsAreSplitOffAtOnce() throws Exception {
        Lease lease = store.leased(64);

        List<List<LeaseId>> owns = Race.of(
                8,
                thread -> () -> jobs(lease).stream()
                        .skip(thread * 8L)
                        .limit(8)
                        .map(job -> split(lease, job))
                        .toList());

        List<LeaseId> all = owns.stream().flatMap(List::stream).toList();
        assertThat(all).doesNotHaveDuplicates().allMatch(own -> own.compareTo(lease.id()) > 0);
        for (int i = 0; i < all.size(); i++) {
            assertThat(settle(all.get(i), jobs(lease).get(i))).isEqualTo(Answer.ACCEPTED);
        }
        assertThat(store.store().renew(List.of(lease.id()), LEASE))
                .containsExactly(new Renewed(lease.id(), Renewed.Answer.GONE));
    }

    @Test
    void aJobIsEitherSettledOrSplitOff() throws Exception {
        Lease lease = store.leased(50);
        for (JobId job : jobs(lease)) {
            Stream<Callable<Boolean>> both = Stream.of(
                    () -> store.answer(lease, job, DONE) == Answer.ACCEPTED,
                    () -> callers.facet()
                            .split(lease.id(), job)
                            .map(own -> settle(own, job) == Answer.ACCEPTED)
                            .orElse(false));

            assertThat(Race.of(both.toList())).containsExactlyInAnyOrder(true, false);
        }
    }

    @Test
    void aSuspectStaysOne() {
        store.leased(3);
        store.die();
        ClaimRequest request = store.claiming(3)
                .claimId(UUID.randomUUID())
                .suspects()
                .worker(7)
                .request();
        Lease lease = leases(request).get(0);

        split(lease, jobs(lease).get(1));

        assertThat(store.store().claim(request).leases()).hasSize(2).allMatch(Lease::suspect);
    }

    // Commit and roll-back.

    @Test
    void aCommitCompletesTheJobWithTheCallersRow() throws Exception {
        Lease lease = store.leased(3);
        JobId job = jobs(lease).get(1);
        LeaseId own = split(lease, job);
        assertThat(completion(own, job)).isEqualTo(Completion.NONE);
        Connection caller = callers.begin();
        CallerSubject.insert(caller, 1);

        Payload result = Payload.json("{\"paid\":true}");
        assertThat(callers.facet()
                        .settle(caller, new Settlement(own, job, new Outcome.Completed(result)))
                        .accepted())
                .isTrue();
        CallerSubject.insert(caller, 2);
        assertThat(unhindered(() -> completion(own, job))).isEqualTo(Completion.OPEN);
        store.assertState(job, JobState.RUNNING);
        caller.commit();

        assertThat(callers.orders()).isEqualTo(2);
        assertThat(completion(own, job)).isEqualTo(Completion.COMMITTED);
        if (store.has(Capability.INSPECTION)) {
            assertThat(store.find(job).state()).isEqualTo(JobState.COMPLETED);
            assertThat(store.find(job).result()).isEqualTo(result);
            assertThat(store.find(job).attempt()).isEqualTo(1);
        }
        assertThat(settle(own, job)).as("a second completion").isEqualTo(Answer.STALE_LEASE);
        assertThat(complete(caller, own, job)).isEqualTo(Answer.STALE_LEASE);
    }

    @Test
    void aRollBackDoesNeither() throws Exception {
        Lease lease = store.leased(1);
        JobId job = Subject.job(lease);
        LeaseId own = split(lease, job);
        Connection caller = callers.begin();
        CallerSubject.insert(caller, 1);
        assertThat(complete(caller, own, job)).isEqualTo(Answer.ACCEPTED);

        caller.rollback();

        assertThat(callers.orders()).isZero();
        assertThat(completion(own, job)).isEqualTo(Completion.NONE);
        store.assertState(job, JobState.RUNNING);
        Outcome retry = new Outcome.Retry(Duration.ZERO, Failure.of("rolled back"));
        assertThat(store.store().settle(List.of(new Settlement(own, job, retry))))
                .allMatch(settled -> settled.accepted());
        assertThat(completion(own, job)).isEqualTo(Completion.LOST);
    }

    @Test
    void afterARollBackAnotherTransactionMayCompleteIt() throws Exception {
        Lease lease = store.leased(2);
        JobId job = jobs(lease).get(0);
        LeaseId own = split(lease, job);
        Connection caller = callers.begin();
        assertThat(complete(caller, own, job)).isEqualTo(Answer.ACCEPTED);
        assertThat(complete(caller, own, job)).as("twice in one transaction").isEqualTo(Answer.STALE_LEASE);
        caller.rollback();

        Savepoint savepoint = caller.setSavepoint();
        assertThat(complete(caller, own, job)).isEqualTo(Answer.ACCEPTED);
        caller.rollback(savepoint);
        assertThat(complete(caller, own, job)).isEqualTo(Answer.ACCEPTED);
        caller.commit();

        assertThat(completion(own, job)).isEqualTo(Completion.COMMITTED);
    }

    @Test
    void aConnectionThatBreaksDoesNeither() throws Exception {
        Lease lease = store.leased(1);
        JobId job = Subject.job(lease);
        LeaseId own = split(lease, job);
        Connection caller = callers.begin();
        CallerSubject.insert(caller, 1);
        assertThat(complete(caller, own, job)).isEqualTo(Answer.ACCEPTED);

        caller.close();

        store.clock.advance(LONGER_THAN_LEASE);
        List<JobId> back = new ArrayList<>();
        for (int tries = 0; back.isEmpty() && tries < 1_000; tries++) {
            // The server may take a moment to notice.
            store.reclaimAll();
            back.addAll(jobs(store.drain(store.claiming(1).suspects())));
        }
        assertThat(back).containsExactly(job);
        assertThat(callers.orders()).isZero();
        assertThat(completion(own, job)).isEqualTo(Completion.LOST);
    }

    // Time.

    @Test
    void whileATransactionCompletesAJobItsLeaseIsHeldWhateverTheTime() throws Exception {
        Lease lease = store.leased(3);
        JobId job = jobs(lease).get(0);
        LeaseId own = split(lease, job);
        Connection caller = callers.begin();
        assertThat(complete(caller, own, job)).isEqualTo(Answer.ACCEPTED);

        for (int i = 0; i < 3; i++) {
            store.clock.advance(LEASE.dividedBy(2).plusMinutes(1));
            assertThat(unhindered(() -> store.store().renew(List.of(own, lease.id()), LEASE)))
                    .allMatch(Renewed::held);
            assertThat(unhindered(store::reclaimAll)).isEmpty();
        }
        caller.commit();

        assertThat(store.store().renew(List.of(own, lease.id()), LEASE))
                .containsExactly(
                        new Renewed(own, Renewed.Answer.GONE), new Renewed(lease.id(), Renewed.Answer.RENEWED));
        assertThat(completion(own, job)).isEqualTo(Completion.COMMITTED);
    }

    @Test
    void aLeaseThatEndedMeanwhileIsTakenBackAfterARollBack() throws Exception {
        Lease lease = store.leased(1);
        JobId job = Subject.job(lease);
        LeaseId own = split(lease, job);
        Connection caller = callers.begin();
        assertThat(complete(caller, own, job)).isEqualTo(Answer.ACCEPTED);
        store.clock.advance(LONGER_THAN_LEASE);
        assertThat(unhindered(store::reclaimAll)).isEmpty();

        caller.rollback();

        assertThat(Subject.total(store.reclaimAll())).isEqualTo(1);
        Lease next = store.claimOne(store.claiming(1).suspects());
        assertThat(Subject.job(next)).isEqualTo(job);
        assertThat(next.id()).isGreaterThan(own);
        assertThat(next.attempt()).isEqualTo(lease.attempt());
        assertThat(complete(caller, own, job)).isEqualTo(Answer.STALE_LEASE);
        caller.rollback();
        store.settle(next, DONE);
    }

    @Test
    void whoHasLostTheLeaseCompletesNothing() throws Exception {
        Lease lease = store.leased(3);
        JobId job = jobs(lease).get(0);
        LeaseId own = split(lease, job);
        store.die();
        Lease next = store.drain(store.claiming(ALL).suspects()).get(0);
        Connection caller = callers.begin();
        CallerSubject.insert(caller, 1);

        assertThat(complete(caller, own, job)).isEqualTo(Answer.STALE_LEASE);
        assertThat(complete(caller, lease.id(), job)).isEqualTo(Answer.STALE_LEASE);
        assertThat(callers.facet().split(lease.id(), job)).isEmpty();

        CallerSubject.insert(caller, 2);
        caller.rollback();
        store.assertState(job, JobState.RUNNING);
        store.settle(next, DONE);
    }

    // Nobody waits.

    @Test
    void theOtherJobsOfItsLeaseGoOn() throws Exception {
        Lease lease = store.leased(10);
        JobId job = jobs(lease).get(4);
        LeaseId own = split(lease, job);
        Connection caller = callers.begin();
        assertThat(complete(caller, own, job)).isEqualTo(Answer.ACCEPTED);
        store.add(10);

        unhindered(() -> {
            List<Settlement> others = Subject.settlements(lease, DONE).stream()
                    .filter(each -> !each.job().equals(job))
                    .toList();
            assertThat(store.store().settle(others)).allMatch(settled -> settled.accepted());
            assertThat(store.drained(store.claiming(ALL))).hasSize(10);
            return 0;
        });
        caller.commit();

        assertThat(completion(own, job)).isEqualTo(Completion.COMMITTED);
    }

    // Refusals and settings.

    @Test
    void aConnectionThatCommitsByItselfOrLeadsElsewhereIsRefused() throws Exception {
        Lease lease = store.leased(1);
        LeaseId own = split(lease, Subject.job(lease));
        Connection commits = callers.begin();
        commits.setAutoCommit(true);
        assertSlip(commits, new Settlement(own, Subject.job(lease), DONE), "auto-commit");
        for (Connection elsewhere : callers.elsewhere()) {
            elsewhere.setAutoCommit(false);
            assertSlip(elsewhere, new Settlement(own, Subject.job(lease), DONE), "another database");
        }
        assertThat(completion(own, Subject.job(lease))).isEqualTo(Completion.NONE);
    }

    @Test
    void onlyCompletionsAreTaken() throws Exception {
        Lease lease = store.leased(1);
        LeaseId own = split(lease, Subject.job(lease));
        Connection caller = callers.begin();
        CallerSubject.insert(caller, 1);

        assertSlip(caller, new Settlement(own, Subject.job(lease), new Outcome.Release()), "Release");

        assertThat(complete(caller, own, Subject.job(lease)))
                .as("a slip does not spoil the transaction")
                .isEqualTo(Answer.ACCEPTED);
        caller.commit();
        assertThat(callers.orders()).isEqualTo(1);
    }

    @Test
    void theConnectionsSettingsAreAsBefore() throws Exception {
        for (int isolation : isolations()) {
            Lease lease = store.leased(2);
            JobId job = jobs(lease).get(0);
            LeaseId own = split(lease, job);
            Connection caller = callers.begin();
            caller.setTransactionIsolation(isolation);
            CallerSubject.insert(caller, isolation);
            List<Object> before = callers.settings(caller);

            assertThat(complete(caller, own, job)).isEqualTo(Answer.ACCEPTED);

            assertThat(callers.settings(caller)).isEqualTo(before);
            caller.commit();
            assertThat(callers.settings(caller)).isEqualTo(before);
            assertThat(completion(own, job)).isEqualTo(Completion.COMMITTED);
        }
    }

    /** It either sees the new lease, or says why it does not; it does not call the lease lost. */
    @Test
    void aTransactionOlderThanTheLeaseIsToldSo() throws Exception {
        for (int isolation : isolations()) {
            Lease lease = store.leased(2);
            JobId job = jobs(lease).get(0);
            Connection caller = callers.begin();
            caller.setTransactionIsolation(isolation);
            CallerSubject.insert(caller, isolation);
            LeaseId own = split(lease, job);

            if (isolation < Connection.TRANSACTION_REPEATABLE_READ) {
                assertThat(complete(caller, own, job)).isEqualTo(Answer.ACCEPTED);
            } else {
                assertSlip(caller, new Settlement(own, job, DONE), "before any other statement");
            }
            caller.rollback();
            assertThat(completion(own, job)).isEqualTo(Completion.NONE);
        }
    }

    private List<Integer> isolations() throws Exception {
        Connection caller = callers.begin();
        List<Integer> supported = new ArrayList<>();
        for (int isolation : List.of(
                Connection.TRANSACTION_READ_COMMITTED,
                Connection.TRANSACTION_REPEATABLE_READ,
                Connection.TRANSACTION_SERIALIZABLE)) {
            if (caller.getMetaData().supportsTransactionIsolationLevel(isolation)) {
                supported.add(isolation);
            }
        }
        caller.rollback();
        return supported;
    }

    private void assertSlip(Connection connection, Settlement settlement, String why) {
        assertThatThrownBy(() -> callers.facet().settle(connection, settlement))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    private LeaseId split(Lease lease, JobId job) {
        return callers.facet().split(lease.id(), job).orElseThrow();
    }

    private Answer complete(Connection connection, LeaseId lease, JobId job) {
        return callers.facet()
                .settle(connection, new Settlement(lease, job, DONE))
                .answer();
    }

    private Completion completion(LeaseId lease, JobId job) {
        return callers.facet().completion(lease, job);
    }

    /** Not in a transaction. */
    private Answer settle(LeaseId lease, JobId job) {
        return store.store()
                .settle(List.of(new Settlement(lease, job, DONE)))
                .get(0)
                .answer();
    }

    private List<Lease> leases(ClaimRequest request) {
        return Subject.claim(store.store(), request).leases();
    }

    /** On a thread of its own, so that waiting for the test's open transaction fails instead of hanging. */
    private static <T> T unhindered(Callable<T> work) throws Exception {
        return Race.of(List.of(work)).get(0);
    }
}
