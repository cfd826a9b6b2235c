package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.LANE;
import static dev.leat.testkit.Subject.LEASE;
import static dev.leat.testkit.Subject.LONGER_THAN_LEASE;
import static dev.leat.testkit.Subject.OTHER_TENANT;
import static dev.leat.testkit.Subject.SAME_QUEUE;
import static dev.leat.testkit.Subject.ids;
import static dev.leat.testkit.Subject.present;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.TenantName;
import dev.leat.api.store.AttemptRecord;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Failure;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Single jobs are called off and run again by hand, and nothing else is touched. */
abstract class OperateRules {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Failure WHY = Failure.of("no use");
    private static final Outcome DONE = new Outcome.Completed(null);
    private static final TenantName MAIN = LANE.tenant();

    private final Subject store;

    OperateRules(Subject store) {
        this.store = store;
    }

    // Cancel.

    @Test
    void anAvailableJobIsCancelledAndNeverHandedOut() {
        JobId job = store.addOne().id();

        assertThat(cancel(job)).containsExactly(new Operated.Done(job, LANE, JobState.CANCELLED));

        assertCancelled(job);
        store.assertNothingToClaim();
    }

    @Test
    void aScheduledJobIsCancelledAndNeverBecomesDue() {
        store.assumeHas(Capability.DELAY);
        JobId job = store.add(store.job().due(Due.after(HOUR)).one()).id();

        assertThat(cancel(job)).containsExactly(new Operated.Done(job, LANE, JobState.CANCELLED));

        store.clock.advance(HOUR.multipliedBy(2));
        assertThat(store.promoteAll()).isZero();
        assertCancelled(job);
        store.assertNothingToClaim();
    }

    @Test
    void aRetryableJobIsCancelledAndKeepsItsHistory() {
        JobId job = ended(new Outcome.Retry(HOUR, WHY));

        assertThat(cancel(job)).containsExactly(new Operated.Done(job, LANE, JobState.CANCELLED));

        store.clock.advance(HOUR.multipliedBy(2));
        assertThat(store.promoteAll()).isZero();
        assertCancelled(job);
        if (store.has(Capability.INSPECTION)) {
            JobRecord record = store.find(job);
            assertThat(record.attempt()).isEqualTo(1);
            assertThat(record.attempts()).extracting(AttemptRecord::failure).containsExactly(WHY);
            assertThat(record.startedAt()).isEqualTo(record.attempts().get(0).startedAt());
            assertThat(record.worker()).isEqualTo(1);
        }
    }

    @Test
    void aSuspectIsCancelledAndItsCompanionsAreNot() {
        List<JobId> jobs = Subject.jobs(store.leased(3));
        store.die();

        assertThat(cancel(jobs.get(1))).containsExactly(new Operated.Done(jobs.get(1), LANE, JobState.CANCELLED));

        assertCancelled(jobs.get(1));
        assertThat(store.drained(store.claiming(ALL).suspects())).containsExactlyInAnyOrder(jobs.get(0), jobs.get(2));
    }

    @Test
    void aRunningJobIsNotCancelled() {
        Lease lease = store.leased(3);
        JobId job = Subject.jobs(lease).get(1);

        assertThat(cancel(job)).containsExactly(new Operated.NotAllowed(job, JobState.RUNNING));

        store.assertState(job, JobState.RUNNING);
        store.settle(lease, DONE);
    }

    @Test
    void aJobThatHasEndedIsNotCancelled() {
        JobId completed = ended(DONE);
        JobId discarded = ended(new Outcome.Discard(WHY));
        JobId cancelled = ended(new Outcome.Cancelled(WHY));
        JobId byHand = store.addOne().id();
        cancel(byHand);

        assertThat(cancel(completed, discarded, cancelled, byHand))
                .containsExactly(
                        new Operated.NotAllowed(completed, JobState.COMPLETED),
                        new Operated.NotAllowed(discarded, JobState.DISCARDED),
                        new Operated.NotAllowed(cancelled, JobState.CANCELLED),
                        new Operated.NotAllowed(byHand, JobState.CANCELLED));

        store.assertState(completed, JobState.COMPLETED);
        store.assertState(discarded, JobState.DISCARDED);
        if (store.has(Capability.INSPECTION)) {
            assertThat(store.find(cancelled).failure()).isEqualTo(WHY);
        }
    }

    @Test
    void jobsAmongOthersAreCancelledAlone() {
        List<JobId> jobs = ids(store.add(100));
        List<JobId> off = everyThird(jobs);

        assertThat(operate().cancel(MAIN, off)).isEqualTo(done(off, JobState.CANCELLED));

        store.assertState(off, JobState.CANCELLED);
        assertThat(store.drained(store.claiming(7))).containsExactlyElementsOf(without(jobs, off));
    }

    @Test
    void jobsAtTheEdgesAreCancelledAlone() {
        List<JobId> jobs = ids(store.add(10));

        cancel(jobs.get(0), jobs.get(9));
        cancel(jobs.get(1), jobs.get(8), jobs.get(4), jobs.get(5));

        assertThat(store.drained(store.claiming(ALL)))
                .containsExactly(jobs.get(2), jobs.get(3), jobs.get(6), jobs.get(7));
    }

    @Test
    void allJobsOfACallAreCancelled() {
        List<JobId> jobs = ids(store.add(2_500));

        assertThat(operate().cancel(MAIN, jobs)).isEqualTo(done(jobs, JobState.CANCELLED));

        store.assertNothingToClaim();
    }

    @Test
    void scheduledJobsAmongOthersAreCancelledAlone() {
        store.assumeHas(Capability.DELAY);
        List<JobId> jobs = ids(store.add(store.job().due(Due.after(HOUR)).times(100)));
        List<JobId> off = everyThird(jobs);

        operate().cancel(MAIN, off);

        store.assertState(without(jobs, off), JobState.SCHEDULED);
        store.clock.advance(HOUR.multipliedBy(2));
        assertThat(store.promoteAll()).isEqualTo(jobs.size() - off.size());
        assertThat(store.drained(store.claiming(ALL))).containsExactlyInAnyOrderElementsOf(without(jobs, off));
    }

    @Test
    void whatIsLeftOfACancelledBlockKeepsItsPlace() {
        List<JobId> first = ids(store.add(10));
        List<JobId> second = ids(store.add(10));

        cancel(first.get(5));

        List<JobId> expected = without(first, List.of(first.get(5)));
        expected.addAll(second);
        assertThat(store.drained(store.claiming(3))).isEqualTo(expected);
    }

    @Test
    void aCancelledJobIsStillKnown() {
        NewJob job = store.addOne();
        cancel(job.id());

        assertThat(store.store().enqueue(List.of(job))).containsExactly(new Enqueued.Duplicate(job.id()));

        store.assertNothingToClaim();
    }

    // Retry.

    @Test
    void aDiscardedJobRunsAgainAndItsFailureStaysVisible() {
        JobId job = store.addOne().id();
        Lease first = store.claimOne();
        store.settle(first, new Outcome.Discard(WHY));

        assertThat(retry(job)).containsExactly(new Operated.Done(job, LANE, JobState.AVAILABLE));

        if (store.has(Capability.INSPECTION)) {
            JobRecord record = store.find(job);
            assertThat(record.state()).isEqualTo(JobState.AVAILABLE);
            assertThat(record.attempt()).isEqualTo(1);
            assertThat(record.failure()).isNull();
            assertThat(record.finishedAt()).isNull();
            assertThat(record.worker()).isEqualTo(1);
            assertThat(record.attempts()).singleElement().satisfies(run -> {
                assertThat(run.lease()).isEqualTo(first.id());
                assertThat(run.attempt()).isEqualTo(1);
                assertThat(run.ended()).isEqualTo(Ended.FAILED);
                assertThat(run.worker()).isEqualTo(1);
                assertThat(run.startedAt()).isEqualTo(record.startedAt());
                assertThat(run.failure()).isEqualTo(WHY);
            });
        }
        Lease second = store.claimOne();
        assertThat(second.attempt()).isEqualTo(2);
        store.settle(second, DONE);
        store.assertState(job, JobState.COMPLETED);
    }

    @Test
    void tokensGrowOverARetry() {
        JobId job = store.addOne().id();
        Lease before = store.claimOne();
        store.settle(before, new Outcome.Discard(WHY));
        retry(job);
        Lease now = store.claimOne();

        assertThat(now.id().value()).isGreaterThan(before.id().value());
        store.assertStale(before, DONE);
        store.settle(now, DONE);
    }

    @Test
    void aJobThatCalledItselfOffRunsAgainAndTellsWhy() {
        JobId job = ended(new Outcome.Cancelled(WHY));

        assertThat(retry(job)).containsExactly(new Operated.Done(job, LANE, JobState.AVAILABLE));

        if (store.has(Capability.INSPECTION)) {
            assertThat(store.find(job).attempts()).singleElement().satisfies(run -> {
                assertThat(run.ended()).isEqualTo(Ended.CANCELLED);
                assertThat(run.failure()).isEqualTo(WHY);
            });
        }
        assertThat(store.claimOne().attempt()).isEqualTo(2);
    }

    @Test
    void aJobCancelledByHandRunsAgain() {
        JobId job = store.addOne().id();
        cancel(job);

        assertThat(retry(job)).containsExactly(new Operated.Done(job, LANE, JobState.AVAILABLE));

        if (store.has(Capability.INSPECTION)) {
            JobRecord record = store.find(job);
            assertThat(record.attempt()).isZero();
            assertThat(record.failure()).isNull();
            assertThat(record.attempts()).isEmpty();
        }
        assertThat(store.drained(store.claiming(ALL))).containsExactly(job);
    }

    @Test
    void aRetryableJobRunsAtOnceAndOnce() {
        JobId job = ended(new Outcome.Retry(HOUR, WHY));

        assertThat(retry(job)).containsExactly(new Operated.Done(job, LANE, JobState.AVAILABLE));

        Lease lease = store.claimOne();
        assertThat(lease.attempt()).isEqualTo(2);
        store.clock.advance(HOUR.dividedBy(2));
        store.settle(lease, DONE);
        store.clock.advance(HOUR);
        assertThat(store.promoteAll()).isZero();
    }

    @Test
    void scheduledJobsAmongOthersRunAtOnceAlone() {
        store.assumeHas(Capability.DELAY);
        List<JobId> jobs = ids(store.add(store.job().due(Due.after(HOUR)).times(20)));
        List<JobId> now = everyThird(jobs);

        assertThat(operate().retry(MAIN, now)).isEqualTo(done(now, JobState.AVAILABLE));

        assertThat(store.drained(store.claiming(ALL))).containsExactlyElementsOf(now);
        store.clock.advance(HOUR.multipliedBy(2));
        assertThat(store.promoteAll()).isEqualTo(jobs.size() - now.size());
        assertThat(store.drained(store.claiming(ALL))).containsExactlyInAnyOrderElementsOf(without(jobs, now));
    }

    @Test
    void anAvailableJobIsLeftAsItIs() {
        List<JobId> jobs = ids(store.add(3));

        assertThat(retry(jobs.get(0))).containsExactly(new Operated.Done(jobs.get(0), LANE, JobState.AVAILABLE));

        assertThat(store.drained(store.claiming(1))).isEqualTo(jobs);
    }

    @Test
    void aSuspectIsLeftAsItIs() {
        JobId job = Subject.job(store.leased(1));
        store.die();

        assertThat(retry(job)).containsExactly(new Operated.Done(job, LANE, JobState.AVAILABLE));

        store.assertNothingToClaim();
        assertThat(store.claimOne(store.claiming(1).suspects()).suspect()).isTrue();
    }

    @Test
    void whatRunsOrIsCompletedIsNotRetried() {
        JobId completed = ended(DONE);
        Lease lease = store.leased(2);
        JobId running = Subject.jobs(lease).get(0);

        assertThat(retry(running, completed))
                .containsExactly(
                        new Operated.NotAllowed(running, JobState.RUNNING),
                        new Operated.NotAllowed(completed, JobState.COMPLETED));

        store.assertNothingToClaim();
        store.settle(lease, DONE);
    }

    @Test
    void aJobWithoutAttemptsLeftGetsOneMore() {
        JobId last = discardedAfter(2, 2);
        JobId early = discardedAfter(1, 5);

        retry(last, early);

        List<Lease> leases = store.drain(store.claiming(ALL));
        assertThat(Subject.claims(leases))
                .allSatisfy(claim ->
                        assertThat(claim.maxAttempts()).isEqualTo(claim.job().equals(last) ? 3 : 5));
        assertThat(leases)
                .allSatisfy(lease ->
                        assertThat(lease.attempt()).isEqualTo(Subject.job(lease).equals(last) ? 3 : 2));
        if (store.has(Capability.INSPECTION)) {
            assertThat(store.find(last).maxAttempts()).isEqualTo(3);
            assertThat(store.find(last).attempts())
                    .extracting(AttemptRecord::attempt)
                    .containsExactly(1, 2);
            assertThat(store.find(early).maxAttempts()).isEqualTo(5);
        }
    }

    @Test
    void aJobMayBeRetriedAgainAndAgain() {
        JobId job = store.add(store.job().maxAttempts(1).one()).id();
        for (int attempt = 1; attempt <= 5; attempt++) {
            Lease lease = store.claimOne();
            assertThat(lease.attempt()).isEqualTo(attempt);
            assertThat(lease.claims().get(0).maxAttempts()).isEqualTo(attempt);
            store.settle(lease, new Outcome.Discard(Failure.of("failure " + attempt)));
            assertThat(retry(job)).containsExactly(new Operated.Done(job, LANE, JobState.AVAILABLE));
        }
        if (store.has(Capability.INSPECTION)) {
            assertThat(store.find(job).attempts())
                    .extracting(run -> present(run.failure()).message())
                    .containsExactly("failure 1", "failure 2", "failure 3", "failure 4", "failure 5");
        }
    }

    @Test
    void theCrashesOfARetriedJobAreForgiven() {
        JobId job = store.addOne().id();
        store.claimOne();
        store.die();
        for (int i = 0; discarded(job).isEmpty(); i++) {
            assertThat(i).isLessThan(10);
        }

        assertThat(retry(job)).containsExactly(new Operated.Done(job, LANE, JobState.AVAILABLE));

        if (store.has(Capability.INSPECTION)) {
            JobRecord record = store.find(job);
            assertThat(record.crashes()).isZero();
            assertThat(record.attempt()).isEqualTo(JobStore.CRASH_LIMIT);
            AttemptRecord last = record.attempts().get(record.attempts().size() - 1);
            assertThat(last.ended()).isEqualTo(Ended.LOST);
            assertThat(present(last.failure()).message()).contains("crash");
        }
        Lease lease = store.claimOne();
        assertThat(lease.suspect()).isFalse();
        store.die();
        assertThat(discarded(job))
                .as("a crash that costs nothing, since it did not run alone")
                .isEmpty();
        store.assertState(job, JobState.AVAILABLE);
    }

    /** The suspect runs and dies with its worker. */
    private List<JobId> discarded(JobId job) {
        Lease lease = store.claimOne(store.claiming(1).suspects());
        assertThat(Subject.job(lease)).isEqualTo(job);
        return Subject.discarded(store.die());
    }

    @Test
    void retriedJobsComeBehindWhatIsAvailable() {
        List<JobId> jobs = ids(store.add(10));
        cancel(jobs.get(1), jobs.get(2), jobs.get(3), jobs.get(7));

        operate().retry(MAIN, List.of(jobs.get(7), jobs.get(2), jobs.get(1), jobs.get(3)));

        List<JobId> order = store.drained(store.claiming(1));
        List<JobId> retried = List.of(jobs.get(1), jobs.get(2), jobs.get(3), jobs.get(7));
        assertThat(order.subList(0, 6)).isEqualTo(without(jobs, retried));
        assertThat(order.subList(6, 10)).containsExactlyInAnyOrderElementsOf(retried);
    }

    @Test
    void manyJobsAreRetriedTogether() {
        List<JobId> jobs = ids(store.add(2_500));
        store.add(store.job().lane(SAME_QUEUE).one());
        store.settle(store.drain(store.claiming(ALL)), new Outcome.Discard(WHY));

        assertThat(operate().retry(MAIN, jobs)).isEqualTo(done(jobs, JobState.AVAILABLE));

        List<Lease> leases = store.drain(store.claiming(ALL));
        assertThat(Subject.jobs(leases)).containsExactlyInAnyOrderElementsOf(jobs);
        assertThat(leases).allSatisfy(lease -> assertThat(lease.attempt()).isEqualTo(2));
        store.settle(leases, DONE);
    }

    @Test
    void retriedJobsOfUnlikeKindsKeepWhatIsTheirs() {
        NewJob mail = store.add(store.job().priority(2).one());
        NewJob invoice = store.add(store.job().lane(SAME_QUEUE).priority(2).one());
        NewJob urgent = store.add(store.job().priority(1).one());
        List<JobId> jobs = ids(List.of(mail, invoice, urgent));
        operate().cancel(MAIN, jobs);

        operate().retry(MAIN, jobs);

        List<Lease> leases = store.drain(store.claiming(ALL).lanes(LANE, SAME_QUEUE));
        assertThat(leases).hasSize(3).allSatisfy(lease -> {
            NewJob job = List.of(mail, invoice, urgent).stream()
                    .filter(each -> each.id().equals(Subject.job(lease)))
                    .findFirst()
                    .orElseThrow();
            assertThat(lease.lane()).isEqualTo(job.lane());
            assertThat(lease.priority()).isEqualTo(job.priority());
            assertThat(lease.claims().get(0).payload()).isEqualTo(job.payload());
        });
    }

    // Both.

    @Test
    void anotherTenantsJobIsNotFoundAndNotTouched() {
        JobId available = store.addOne().id();
        JobId discarded = store.add(store.job().priority(0).one()).id();
        store.settle(store.claimOne(), new Outcome.Discard(WHY));
        JobId nobodys = store.job().one().id();
        TenantName other = OTHER_TENANT.tenant();
        store.add(store.job().lane(OTHER_TENANT).one());

        for (JobId id : List.of(available, discarded, nobodys)) {
            assertThat(operate().cancel(other, List.of(id))).containsExactly(new Operated.NotFound(id));
            assertThat(operate().retry(other, List.of(id))).containsExactly(new Operated.NotFound(id));
        }
        assertThat(operate().retry(new TenantName("nobody"), List.of(discarded)))
                .containsExactly(new Operated.NotFound(discarded));

        store.assertState(available, JobState.AVAILABLE);
        store.assertState(discarded, JobState.DISCARDED);
        assertThat(store.drained(store.claiming(ALL))).containsExactly(available);
    }

    @Test
    void answersComeInTheOrderOfTheQuestions() {
        JobId unknown = store.job().one().id();
        JobId completed = ended(DONE);
        List<JobId> jobs = ids(store.add(4));

        assertThat(cancel(jobs.get(3), unknown, jobs.get(0), completed, jobs.get(2)))
                .containsExactly(
                        new Operated.Done(jobs.get(3), LANE, JobState.CANCELLED),
                        new Operated.NotFound(unknown),
                        new Operated.Done(jobs.get(0), LANE, JobState.CANCELLED),
                        new Operated.NotAllowed(completed, JobState.COMPLETED),
                        new Operated.Done(jobs.get(2), LANE, JobState.CANCELLED));
        assertThat(retry(completed, jobs.get(2), unknown, jobs.get(1)))
                .containsExactly(
                        new Operated.NotAllowed(completed, JobState.COMPLETED),
                        new Operated.Done(jobs.get(2), LANE, JobState.AVAILABLE),
                        new Operated.NotFound(unknown),
                        new Operated.Done(jobs.get(1), LANE, JobState.AVAILABLE));
    }

    @Test
    void idsThatStandTwiceAreJudgedOneAfterTheOther() {
        JobId job = store.addOne().id();
        JobId unknown = store.job().one().id();

        assertThat(cancel(job, unknown, job, unknown))
                .containsExactly(
                        new Operated.Done(job, LANE, JobState.CANCELLED),
                        new Operated.NotFound(unknown),
                        new Operated.NotAllowed(job, JobState.CANCELLED),
                        new Operated.NotFound(unknown));
        assertThat(retry(job, job))
                .containsExactly(
                        new Operated.Done(job, LANE, JobState.AVAILABLE),
                        new Operated.Done(job, LANE, JobState.AVAILABLE));

        assertThat(store.drained(store.claiming(ALL))).containsExactly(job);
    }

    @Test
    void nothingAskedIsNothingAnswered() {
        assertThat(cancel()).isEmpty();
        assertThat(retry()).isEmpty();
    }

    @Test
    void moreJobsThanOneCallMayHoldAreRefused() {
        JobId job = store.addOne().id();
        List<JobId> ids = Collections.nCopies(JobStore.BATCH_JOBS + 1, job);
        Operate operate = operate();

        assertThatThrownBy(() -> operate.cancel(MAIN, ids)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> operate.retry(MAIN, ids)).isInstanceOf(IllegalArgumentException.class);

        assertThat(store.drained(store.claiming(ALL))).containsExactly(job);
    }

    @Test
    void whatIsDoneIsSeenByEveryHandle() {
        List<JobId> jobs = ids(store.add(2));
        Operate here = operate();
        Operate there = store.other().feature(Operate.class).orElseThrow();

        here.cancel(MAIN, jobs);
        there.retry(MAIN, jobs.subList(0, 1));

        assertThat(store.drained(store.claiming(ALL))).containsExactly(jobs.get(0));
        assertThat(there.cancel(MAIN, jobs))
                .containsExactly(
                        new Operated.NotAllowed(jobs.get(0), JobState.RUNNING),
                        new Operated.NotAllowed(jobs.get(1), JobState.CANCELLED));
    }

    @Test
    void aJobGoesThroughEveryTurnOfFate() {
        JobId job = store.add(store.job().maxAttempts(2).one()).id();
        long token = 0;
        for (int round = 0; round < 4; round++) {
            cancel(job);
            retry(job);
            Lease lease = store.claimOne();
            assertThat(lease.id().value()).isGreaterThan(token);
            token = lease.id().value();
            store.settle(lease, new Outcome.Retry(LEASE, WHY));
            cancel(job);
            retry(job);
            store.settle(store.claimOne(), new Outcome.Snooze(LEASE));
            retry(job);
            store.settle(store.claimOne(), new Outcome.Release());
        }

        Lease lease = store.claimOne();
        assertThat(lease.attempt()).isEqualTo(5);
        store.settle(lease, DONE);
        store.clock.advance(LONGER_THAN_LEASE);
        assertThat(store.promoteAll()).isZero();
        store.assertNothingToClaim();
    }

    private Operate operate() {
        return store.operate();
    }

    private List<Operated> cancel(JobId... ids) {
        return operate().cancel(MAIN, List.of(ids));
    }

    private List<Operated> retry(JobId... ids) {
        return operate().retry(MAIN, List.of(ids));
    }

    private static List<Operated> done(Collection<JobId> jobs, JobState state) {
        return jobs.stream()
                .<Operated>map(job -> new Operated.Done(job, LANE, state))
                .toList();
    }

    /** A job that is claimed before all others and settled so. */
    private JobId ended(Outcome outcome) {
        NewJob job = store.add(store.job().priority(0).one());
        Lease lease = store.claimOne();
        assertThat(Subject.job(lease)).isEqualTo(job.id());
        store.settle(lease, outcome);
        return job.id();
    }

    /** A job whose last attempt failed, of at most so many. */
    private JobId discardedAfter(int attempts, int most) {
        JobId job = store.add(store.job().priority(0).maxAttempts(most).one()).id();
        for (int attempt = 1; attempt < attempts; attempt++) {
            store.settle(store.claimOne(), new Outcome.Retry(HOUR, WHY));
            retry(job);
        }
        store.settle(store.claimOne(), new Outcome.Discard(WHY));
        return job;
    }

    private void assertCancelled(JobId job) {
        if (store.has(Capability.INSPECTION)) {
            JobRecord record = store.find(job);
            assertThat(record.state()).isEqualTo(JobState.CANCELLED);
            assertThat(present(record.failure()).message()).contains("cancelled");
            assertThat(present(record.finishedAt()))
                    .isBetween(record.createdAt(), store.store().time());
            assertThat(record.dueAt()).isNull();
        }
    }

    private static List<JobId> everyThird(List<JobId> jobs) {
        return IntStream.range(0, jobs.size())
                .filter(i -> i % 3 == 1)
                .mapToObj(jobs::get)
                .toList();
    }

    private static List<JobId> without(List<JobId> jobs, Collection<JobId> some) {
        List<JobId> left = new ArrayList<>(jobs);
        left.removeAll(some);
        return left;
    }
}
