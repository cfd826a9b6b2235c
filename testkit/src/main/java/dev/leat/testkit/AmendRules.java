package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.LANE;
import static dev.leat.testkit.Subject.LONGER_THAN_LEASE;
import static dev.leat.testkit.Subject.OTHER_QUEUE;
import static dev.leat.testkit.Subject.OTHER_TENANT;
import static dev.leat.testkit.Subject.SAME_QUEUE;
import static dev.leat.testkit.Subject.ids;
import static dev.leat.testkit.Subject.jobs;
import static dev.leat.testkit.Subject.present;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.ContentType;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Amendment.Move;
import dev.leat.api.store.Amendment.ReplacePayload;
import dev.leat.api.store.Amendment.Reprioritise;
import dev.leat.api.store.Amendment.Reschedule;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Failure;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Jobs that wait are changed by hand, and nothing else about them or about others is. */
abstract class AmendRules {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LATER = HOUR.multipliedBy(3);
    private static final Failure WHY = Failure.of("no use");
    private static final Outcome DONE = new Outcome.Completed(null);
    private static final TenantName MAIN = LANE.tenant();
    private static final Payload OTHER = Payload.of(new byte[] {0, 1, (byte) 0xff}, ContentType.BYTES);
    private static final QueueName VIDEO = OTHER_QUEUE.queue();
    private static final List<Lane> LANES = List.of(LANE, OTHER_QUEUE);
    private static final List<Amendment> AMENDMENTS = List.of(
            new Reschedule(Due.after(LATER)),
            new Reschedule(Due.now()),
            new Reprioritise(1),
            new Move(VIDEO),
            new ReplacePayload(OTHER));

    private final Subject store;

    AmendRules(Subject store) {
        this.store = store;
    }

    // What may be amended.

    @Test
    void aJobThatWaitsIsAsTheAmendmentSaysAndElseAsItWas() {
        for (String kind : waiting().keySet()) {
            for (Amendment amendment : AMENDMENTS) {
                JobId job = waiting(kind);
                JobRecord before = store.find(job);
                JobRecord expected = amended(before, amendment);

                assertThat(amend(amendment, job))
                        .as("%s of a job that is %s", amendment, kind)
                        .containsExactly(new Operated.Done(job, expected.lane(), expected.state()));

                JobRecord after = store.find(job);
                assertThat(withoutDue(after))
                        .as("after %s of a job that is %s", amendment, kind)
                        .isEqualTo(withoutDue(expected));
                if (amendment instanceof Reschedule && after.state() == JobState.SCHEDULED) {
                    assertThat(present(after.dueAt()))
                            .isAfter(store.store().time().plus(LATER).minus(HOUR));
                } else {
                    assertThat(after.dueAt()).isEqualTo(expected.dueAt());
                }
                runOut(job, kind, amendment, after);
            }
        }
    }

    /** The job runs as it is said to be, once. */
    private void runOut(JobId job, String kind, Amendment amendment, JobRecord said) {
        store.clock.advance(LATER.plus(HOUR));
        store.promoteAll();
        Lease lease = store.claimOne(store.claiming(1).lanes(LANES).suspects());
        assertThat(Subject.job(lease)).isEqualTo(job);
        assertThat(lease.lane()).isEqualTo(said.lane());
        assertThat(lease.priority()).isEqualTo(said.priority());
        assertThat(lease.attempt()).isEqualTo(said.attempt() + 1);
        assertThat(lease.claims().get(0).payload()).isEqualTo(said.payload());
        assertThat(lease.claims().get(0).maxAttempts()).isEqualTo(said.maxAttempts());
        boolean stillSuspect = kind.equals("a suspect") && said.state() != JobState.SCHEDULED;
        assertThat(lease.suspect())
                .as("whether %s leaves %s a suspect", amendment, kind)
                .isEqualTo(stillSuspect);
        store.settle(lease, DONE);
        assertThat(store.drained(store.claiming(ALL).lanes(LANES).suspects())).isEmpty();
    }

    /** By the name of what it is; the store is empty but for it. */
    private static Map<String, JobState> waiting() {
        Map<String, JobState> waiting = new LinkedHashMap<>();
        waiting.put("scheduled", JobState.SCHEDULED);
        waiting.put("available", JobState.AVAILABLE);
        waiting.put("a suspect", JobState.AVAILABLE);
        waiting.put("retryable", JobState.RETRYABLE);
        return waiting;
    }

    private JobId waiting(String kind) {
        store.assumeHas(Capability.DELAY);
        JobId job = switch (kind) {
            case "scheduled" ->
                store.add(store.job().due(Due.after(HOUR)).one()).id();
            case "available" -> store.addOne().id();
            case "a suspect" -> {
                JobId suspect = Subject.job(store.leased(1));
                store.die();
                yield suspect;
            }
            default -> ended(new Outcome.Retry(HOUR, WHY));
        };
        store.assertState(job, present(waiting().get(kind)));
        return job;
    }

    private static JobRecord amended(JobRecord job, Amendment amendment) {
        Lane lane = amendment instanceof Move(QueueName queue)
                ? new Lane(job.lane().tenant(), queue, job.lane().kind())
                : job.lane();
        JobState state = amendment instanceof Reschedule(Due due)
                ? due.equals(Due.now()) ? JobState.AVAILABLE : JobState.SCHEDULED
                : job.state();
        return new JobRecord(
                job.id(),
                lane,
                state,
                amendment instanceof Reprioritise(int priority) ? priority : job.priority(),
                amendment instanceof ReplacePayload(Payload payload) ? payload : job.payload(),
                job.attempt(),
                job.maxAttempts(),
                job.crashes(),
                job.createdAt(),
                amendment instanceof Reschedule ? null : job.dueAt(),
                job.startedAt(),
                job.finishedAt(),
                job.worker(),
                job.result(),
                job.failure(),
                job.attempts());
    }

    private static JobRecord withoutDue(JobRecord job) {
        return new JobRecord(
                job.id(),
                job.lane(),
                job.state(),
                job.priority(),
                job.payload(),
                job.attempt(),
                job.maxAttempts(),
                job.crashes(),
                job.createdAt(),
                null,
                job.startedAt(),
                job.finishedAt(),
                job.worker(),
                job.result(),
                job.failure(),
                job.attempts());
    }

    @Test
    void whatRunsOrHasEndedIsNotAmended() {
        JobId completed = ended(DONE);
        JobId discarded = ended(new Outcome.Discard(WHY));
        JobId cancelled = ended(new Outcome.Cancelled(WHY));
        Lease lease = store.leased(2);
        JobId running = jobs(lease).get(0);
        Map<JobId, JobState> states = Map.of(
                completed, JobState.COMPLETED,
                discarded, JobState.DISCARDED,
                cancelled, JobState.CANCELLED,
                running, JobState.RUNNING);

        for (Amendment amendment : AMENDMENTS) {
            states.forEach((job, state) -> {
                List<JobRecord> before = store.has(Capability.INSPECTION) ? List.of(store.find(job)) : List.of();
                assertThat(amend(amendment, job)).containsExactly(new Operated.NotAllowed(job, state));
                before.forEach(record -> assertThat(store.find(job)).isEqualTo(record));
            });
        }

        store.settle(lease, DONE);
        store.assertNothingToClaim(LANE, OTHER_QUEUE);
    }

    // Reschedule.

    @Test
    void aRescheduledJobRunsAtItsNewTimeAndNotBefore() {
        store.assumeHas(Capability.DELAY);
        JobId sooner = store.add(store.job().due(Due.after(LATER)).one()).id();
        JobId later = store.addOne().id();

        amend(new Reschedule(Due.after(HOUR.dividedBy(2))), sooner);
        amend(new Reschedule(Due.after(HOUR)), later);

        assertThat(store.promoteAll()).isZero();
        store.assertNothingToClaim();
        store.clock.advance(Duration.ofMinutes(45));
        assertThat(store.promoteAll()).isEqualTo(1);
        assertThat(store.drained(store.claiming(ALL))).containsExactly(sooner);
        store.clock.advance(Duration.ofMinutes(30));
        assertThat(store.promoteAll()).isEqualTo(1);
        assertThat(store.drained(store.claiming(ALL))).containsExactly(later);
        store.clock.advance(LATER);
        assertThat(store.promoteAll()).isZero();
    }

    @Test
    void aJobIsRescheduledToAnInstant() {
        store.assumeHas(Capability.DELAY);
        JobId job = store.addOne().id();
        Instant at = store.store().time().plus(HOUR);

        amend(new Reschedule(Due.at(at)), job);

        if (store.has(Capability.INSPECTION)) {
            assertThat(present(store.find(job).dueAt())).isBetween(at, at.plusMillis(1));
        }
        store.assertNothingToClaim();
        store.clock.advance(LATER);
        assertThat(store.promoteAll()).isEqualTo(1);
        assertThat(store.drained(store.claiming(ALL))).containsExactly(job);
    }

    @Test
    void anInstantThatHasPassedMakesAvailable() {
        store.assumeHas(Capability.DELAY);
        JobId scheduled = store.add(store.job().due(Due.after(HOUR)).one()).id();
        JobId retryable = ended(new Outcome.Retry(HOUR, WHY));
        Instant past = Instant.parse("2001-02-03T04:05:06Z");

        assertThat(amend(new Reschedule(Due.at(past)), scheduled, retryable))
                .isEqualTo(done(List.of(scheduled, retryable), LANE, JobState.AVAILABLE));

        assertThat(store.drained(store.claiming(ALL))).containsExactlyInAnyOrder(scheduled, retryable);
    }

    @Test
    void aRescheduledJobKeepsTheAttemptsThatItHasUsed() {
        store.assumeHas(Capability.DELAY);
        JobId job = ended(new Outcome.Retry(HOUR, WHY));

        assertThat(amend(new Reschedule(Due.after(LATER)), job))
                .containsExactly(new Operated.Done(job, LANE, JobState.SCHEDULED));

        store.clock.advance(HOUR.multipliedBy(2));
        assertThat(store.promoteAll()).as("at its old time").isZero();
        store.clock.advance(LATER);
        store.promoteAll();
        assertThat(store.claimOne().attempt()).isEqualTo(2);
    }

    @Test
    void whatIsAvailableAndRescheduledToNowKeepsItsPlace() {
        List<JobId> jobs = ids(store.add(3));

        assertThat(amend(new Reschedule(Due.now()), jobs.get(0)))
                .isEqualTo(done(jobs.subList(0, 1), LANE, JobState.AVAILABLE));

        assertThat(store.drained(store.claiming(1))).isEqualTo(jobs);
    }

    // Reprioritise.

    @Test
    void aMoreUrgentJobComesFirstAndALessUrgentOneLast() {
        store.assumeHas(Capability.PRIORITY);
        List<JobId> jobs = ids(store.add(5));

        amend(new Reprioritise(0), jobs.get(3));
        amend(new Reprioritise(9), jobs.get(1));

        assertThat(store.drained(store.claiming(1)))
                .containsExactly(jobs.get(3), jobs.get(0), jobs.get(2), jobs.get(4), jobs.get(1));
    }

    @Test
    void aReprioritisedJobComesBehindThoseOfItsNewPriority() {
        store.assumeHas(Capability.PRIORITY);
        JobId old = store.add(store.job().priority(5).one()).id();
        List<JobId> jobs = ids(store.add(2));

        amend(new Reprioritise(NewJob.DEFAULT_PRIORITY), old);

        assertThat(store.drained(store.claiming(1))).containsExactly(jobs.get(0), jobs.get(1), old);
    }

    @Test
    void aJobThatHasThatPriorityKeepsItsPlace() {
        List<JobId> jobs = ids(store.add(3));

        assertThat(amend(new Reprioritise(NewJob.DEFAULT_PRIORITY), jobs.get(0)))
                .isEqualTo(done(jobs.subList(0, 1), LANE, JobState.AVAILABLE));

        assertThat(store.drained(store.claiming(1))).isEqualTo(jobs);
    }

    @Test
    void aScheduledJobComesDueWithItsNewPriority() {
        store.assumeHas(Capability.DELAY);
        store.assumeHas(Capability.PRIORITY);
        List<JobId> jobs = ids(store.add(store.job().due(Due.after(HOUR)).times(3)));

        amend(new Reprioritise(0), jobs.get(2));

        store.clock.advance(LATER);
        assertThat(store.promoteAll()).isEqualTo(3);
        assertThat(store.drained(store.claiming(1)).get(0)).isEqualTo(jobs.get(2));
    }

    // Move.

    @Test
    void aMovedJobIsHandedOutWhereItIsAndNotWhereItWas() {
        List<JobId> jobs = ids(store.add(3));

        assertThat(amend(new Move(VIDEO), jobs.get(1)))
                .containsExactly(new Operated.Done(jobs.get(1), OTHER_QUEUE, JobState.AVAILABLE));

        assertThat(store.drained(store.claiming(ALL))).containsExactly(jobs.get(0), jobs.get(2));
        Lease lease = store.claimOne(store.claiming(1).lanes(OTHER_QUEUE));
        assertThat(lease.lane()).isEqualTo(OTHER_QUEUE);
        assertThat(Subject.job(lease)).isEqualTo(jobs.get(1));
        store.settle(lease, DONE);
        store.assertState(jobs.get(1), JobState.COMPLETED);
    }

    @Test
    void aJobIsMovedToAQueueThatNeverWas() {
        QueueName fresh = new QueueName("fresh-" + Integer.toHexString(System.identityHashCode(this)));
        List<JobId> jobs = List.of(
                store.addOne().id(),
                store.add(store.job().lane(SAME_QUEUE).one()).id());
        Lane welcome = new Lane(MAIN, fresh, LANE.kind());
        Lane invoice = new Lane(MAIN, fresh, SAME_QUEUE.kind());

        assertThat(operate().amend(MAIN, jobs, new Move(fresh)))
                .containsExactly(
                        new Operated.Done(jobs.get(0), welcome, JobState.AVAILABLE),
                        new Operated.Done(jobs.get(1), invoice, JobState.AVAILABLE));

        store.assertNothingToClaim(LANE, SAME_QUEUE);
        assertThat(store.drained(store.claiming(ALL).lanes(invoice))).containsExactly(jobs.get(1));
        assertThat(store.drained(store.claiming(ALL).lanes(welcome))).containsExactly(jobs.get(0));
    }

    @Test
    void aMovedJobIsListedAndCountedWhereItIs() {
        store.inspect();
        List<JobId> jobs = ids(store.add(4));
        JobId ended = ended(DONE);

        amend(new Move(VIDEO), jobs.get(0), jobs.get(3), ended);

        assertThat(store.inspect().counts(MAIN, VIDEO)).isEqualTo(Map.of(JobState.AVAILABLE, 2L));
        assertThat(store.inspect().counts(MAIN, LANE.queue()))
                .isEqualTo(Map.of(JobState.AVAILABLE, 2L, JobState.COMPLETED, 1L));
        assertThat(listed(VIDEO)).containsExactly(jobs.get(0), jobs.get(3));
        assertThat(listed(LANE.queue())).containsExactly(jobs.get(1), jobs.get(2));
        store.settle(store.drain(store.claiming(ALL).lanes(LANES)), new Outcome.Retry(HOUR, WHY));
        amend(new Move(LANE.queue()), jobs.get(3));
        assertThat(store.inspect().counts(MAIN, VIDEO)).isEqualTo(Map.of(JobState.RETRYABLE, 1L));
    }

    private List<JobId> listed(QueueName queue) {
        JobQuery query = new JobQuery(
                MAIN, queue, null, Set.of(JobState.AVAILABLE), JobQuery.Order.OLDEST_FIRST, null, JobQuery.MOST);
        return store.inspect().list(query).stream().map(head -> head.id()).toList();
    }

    @Test
    void aJobThatIsInThatQueueKeepsItsPlace() {
        List<JobId> jobs = ids(store.add(3));

        assertThat(amend(new Move(LANE.queue()), jobs.get(0)))
                .isEqualTo(done(jobs.subList(0, 1), LANE, JobState.AVAILABLE));

        assertThat(store.drained(store.claiming(1))).isEqualTo(jobs);
    }

    @Test
    void tokensGrowOverAMove() {
        JobId job = store.addOne().id();
        Lease before = store.claimOne();
        store.settle(before, new Outcome.Release());
        amend(new Move(VIDEO), job);
        Lease now = store.claimOne(store.claiming(1).lanes(OTHER_QUEUE));

        assertThat(now.id().value()).isGreaterThan(before.id().value());
        store.assertStale(before, DONE);
        store.settle(now, DONE);
    }

    // Replace the payload.

    @Test
    void aReplacedPayloadIsHandedOutByteForByte() {
        byte[] every = new byte[256];
        IntStream.range(0, every.length).forEach(i -> every[i] = (byte) i);
        List<Payload> payloads = List.of(
                Payload.of(new byte[0], ContentType.BYTES),
                Payload.of(new byte[1], ContentType.BYTES),
                Payload.of(every, ContentType.BYTES),
                Payload.json("{\"a\":\"\\u0000 \u2028 \ud83d\ude00\"}"),
                Payload.of(new byte[Payload.MAX_BYTES], ContentType.BYTES));
        List<JobId> jobs = ids(store.add(payloads.size()));

        for (int i = 0; i < payloads.size(); i++) {
            amend(new ReplacePayload(payloads.get(i)), jobs.get(i));
        }

        for (int i = 0; i < payloads.size(); i++) {
            Lease lease = store.claimOne();
            assertThat(Subject.job(lease)).as("in its place").isEqualTo(jobs.get(i));
            assertThat(lease.claims().get(0).payload()).isEqualTo(payloads.get(i));
            if (store.has(Capability.INSPECTION)) {
                assertThat(store.find(jobs.get(i)).payload()).isEqualTo(payloads.get(i));
            }
        }
    }

    @Test
    void aClaimReckonsWithTheNewSize() {
        List<JobId> jobs = ids(store.add(store.job().sized(i -> 10).times(10)));
        List<JobId> large = ids(store.add(store.job().sized(i -> 100_000).times(5)));
        Payload big = Payload.of(new byte[100_000], ContentType.BYTES);

        amend(new ReplacePayload(big), jobs.get(2), jobs.get(3));
        operate().amend(MAIN, large, new ReplacePayload(Payload.of(new byte[3], ContentType.BYTES)));

        // That no claim exceeds its bound is checked at every one.
        List<JobId> all = store.drained(store.claiming(ALL).bytes(1_000));
        assertThat(all).hasSize(15).containsAll(jobs).containsAll(large);
    }

    @Test
    void smallPayloadsInPlaceOfLargeOnesAreClaimedTogether() {
        List<JobId> jobs = ids(store.add(store.job().sized(i -> 100_000).times(20)));
        operate().amend(MAIN, jobs, new ReplacePayload(Payload.json("1")));

        assertThat(store.claim(store.claiming(ALL).bytes(1_000)).jobs()).isEqualTo(20);
    }

    @Test
    void aReleasedJobKeepsItsNewPayload() {
        JobId job = store.addOne().id();
        amend(new ReplacePayload(OTHER), job);
        store.settle(store.claimOne(), new Outcome.Release());

        Lease lease = store.claimOne();

        assertThat(lease.claims().get(0).payload()).isEqualTo(OTHER);
    }

    // Enqueued again.

    @Test
    void anAmendedJobIsKnownByWhatItWasEnqueuedWith() {
        for (Amendment amendment : AMENDMENTS) {
            NewJob job = store.addOne();
            amend(amendment, job.id());
            amend(amendment, job.id());

            assertThat(store.store().enqueue(List.of(job)))
                    .as("after %s", amendment)
                    .containsExactly(new Enqueued.Duplicate(job.id()));
            assertThat(store.store().enqueue(List.of(with(job, OTHER_QUEUE, job.payload(), job.nonce()))))
                    .containsExactly(new Enqueued.Clash(job.id()));
            assertThat(store.store().enqueue(List.of(with(job, LANE, OTHER, job.nonce()))))
                    .containsExactly(new Enqueued.Clash(job.id()));
            assertThat(store.store().enqueue(List.of(with(job, LANE, job.payload(), job.nonce() + 1))))
                    .containsExactly(new Enqueued.Clash(job.id()));
        }
    }

    @Test
    void aJobThatWasAmendedInEveryWayIsStillKnownOnceItHasEnded() {
        List<NewJob> made = store.add(70);
        List<JobId> jobs = ids(made);
        AMENDMENTS.forEach(amendment -> operate().amend(MAIN, jobs, amendment));
        operate().amend(MAIN, jobs, new Move(new QueueName("third")));
        operate().amend(MAIN, jobs, new ReplacePayload(Payload.json("3")));
        Lane third = new Lane(MAIN, new QueueName("third"), LANE.kind());
        store.settle(store.drain(store.claiming(ALL).lanes(third)), DONE);

        List<NewJob> asked = new ArrayList<>(made);
        asked.addAll(store.job().times(30));
        List<Enqueued> answers = store.store().enqueue(asked);

        assertThat(answers.subList(0, 70))
                .isEqualTo(jobs.stream().<Enqueued>map(Enqueued.Duplicate::new).toList());
        assertThat(answers.subList(70, 100)).allMatch(Enqueued.Accepted.class::isInstance);
        store.assertState(jobs, JobState.COMPLETED);
    }

    @Test
    void aJobThatWasMovedThereAndBackIsStillKnown() {
        NewJob job = store.addOne();
        amend(new Move(VIDEO), job.id());
        amend(new ReplacePayload(OTHER), job.id());
        amend(new Move(LANE.queue()), job.id());
        amend(new ReplacePayload(job.payload()), job.id());

        assertThat(store.store().enqueue(List.of(job))).containsExactly(new Enqueued.Duplicate(job.id()));
        assertThat(store.drained(store.claiming(ALL))).containsExactly(job.id());
    }

    private static NewJob with(NewJob job, Lane lane, Payload payload, long nonce) {
        return new NewJob(job.id(), nonce, lane, payload, job.priority(), job.maxAttempts(), job.due());
    }

    // Among others.

    @Test
    void jobsAmongOthersAreAmendedAlone() {
        store.assumeHas(Capability.DELAY);
        for (Amendment amendment : AMENDMENTS) {
            for (Due due : List.of(Due.now(), Due.after(HOUR))) {
                List<NewJob> made = store.add(store.job().due(due).times(100));
                List<JobId> all = ids(made);
                List<JobId> some = IntStream.range(0, 100)
                        .filter(i -> i % 3 == 1 || i == 0 || i == 99)
                        .mapToObj(all::get)
                        .toList();

                assertThat(operate().amend(MAIN, some, amendment))
                        .hasSize(some.size())
                        .allMatch(Operated.Done.class::isInstance);

                store.clock.advance(LATER.plus(HOUR));
                store.promoteAll();
                List<Lease> leases = store.drain(store.claiming(ALL).lanes(LANES));
                assertThat(jobs(leases)).containsExactlyInAnyOrderElementsOf(all);
                for (Lease lease : leases) {
                    lease.claims().forEach(claim -> {
                        boolean amended = some.contains(claim.job());
                        Payload own = made.get(all.indexOf(claim.job())).payload();
                        assertThat(claim.payload())
                                .isEqualTo(
                                        amended && amendment instanceof ReplacePayload(Payload payload)
                                                ? payload
                                                : own);
                        assertThat(lease.lane()).isEqualTo(amended && amendment instanceof Move ? OTHER_QUEUE : LANE);
                        assertThat(lease.priority()).isEqualTo(amended && amendment instanceof Reprioritise ? 1 : 4);
                    });
                }
                store.settle(leases, DONE);
            }
        }
    }

    @Test
    void whatIsLeftOfABlockKeepsItsPlace() {
        List<JobId> first = ids(store.add(10));
        List<JobId> second = ids(store.add(10));

        amend(new Move(VIDEO), first.get(5));
        amend(new Reprioritise(9), first.get(0));
        amend(new ReplacePayload(OTHER), first.get(3));

        List<JobId> expected = new ArrayList<>(first);
        expected.removeAll(List.of(first.get(0), first.get(5)));
        expected.addAll(second);
        expected.add(first.get(0));
        assertThat(store.drained(store.claiming(3))).isEqualTo(expected);
    }

    @Test
    void manyJobsAreAmendedTogether() {
        List<JobId> jobs = ids(store.add(2_500));

        assertThat(operate().amend(MAIN, jobs, new Move(VIDEO))).isEqualTo(done(jobs, OTHER_QUEUE, JobState.AVAILABLE));
        assertThat(operate().amend(MAIN, jobs, new Reprioritise(2)))
                .isEqualTo(done(jobs, OTHER_QUEUE, JobState.AVAILABLE));
        assertThat(operate().amend(MAIN, jobs, new ReplacePayload(OTHER)))
                .isEqualTo(done(jobs, OTHER_QUEUE, JobState.AVAILABLE));

        List<Lease> leases = store.drain(store.claiming(ALL).lanes(LANES));
        assertThat(jobs(leases)).containsExactlyElementsOf(jobs);
        assertThat(leases)
                .allMatch(lease -> lease.priority() == 2 && lease.lane().equals(OTHER_QUEUE));
        assertThat(Subject.claims(leases)).allMatch(claim -> claim.payload().equals(OTHER));
    }

    @Test
    void anAmendedJobCanBeCancelledAndRetriedAsItIsNow() {
        JobId job = store.addOne().id();
        amend(new Move(VIDEO), job);
        amend(new Reprioritise(7), job);
        amend(new ReplacePayload(OTHER), job);

        assertThat(operate().cancel(MAIN, List.of(job)))
                .containsExactly(new Operated.Done(job, OTHER_QUEUE, JobState.CANCELLED));
        assertThat(operate().retry(MAIN, List.of(job)))
                .containsExactly(new Operated.Done(job, OTHER_QUEUE, JobState.AVAILABLE));

        Lease lease = store.claimOne(store.claiming(1).lanes(LANES));
        assertThat(lease.lane()).isEqualTo(OTHER_QUEUE);
        assertThat(lease.priority()).isEqualTo(7);
        assertThat(lease.claims().get(0).payload()).isEqualTo(OTHER);
    }

    @Test
    void anAmendedJobWhoseWorkerDiesComesBackAsItIsNow() {
        JobId job = store.addOne().id();
        amend(new Move(VIDEO), job);
        amend(new Reprioritise(7), job);
        store.claimOne(store.claiming(1).lanes(OTHER_QUEUE));
        store.die();

        amend(new ReplacePayload(OTHER), job);

        store.assertNothingToClaim(LANE);
        Lease lease = store.claimOne(store.claiming(1).lanes(LANES).suspects());
        assertThat(lease.suspect()).isTrue();
        assertThat(lease.lane()).isEqualTo(OTHER_QUEUE);
        assertThat(lease.priority()).isEqualTo(7);
        assertThat(lease.claims().get(0).payload()).isEqualTo(OTHER);
        store.clock.advance(LONGER_THAN_LEASE);
    }

    // Ids.

    @Test
    void anotherTenantsJobIsNotFoundAndNotTouched() {
        NewJob job = store.addOne();
        JobId nobodys = store.job().one().id();
        store.add(store.job().lane(OTHER_TENANT).one());

        for (Amendment amendment : AMENDMENTS) {
            for (TenantName stranger : List.of(OTHER_TENANT.tenant(), new TenantName("nobody"))) {
                assertThat(operate().amend(stranger, List.of(job.id(), nobodys), amendment))
                        .containsExactly(new Operated.NotFound(job.id()), new Operated.NotFound(nobodys));
            }
        }

        Lease lease = store.claimOne(store.claiming(1).lanes(LANES));
        assertThat(lease.lane()).isEqualTo(LANE);
        assertThat(lease.priority()).isEqualTo(job.priority());
        assertThat(lease.claims().get(0).payload()).isEqualTo(job.payload());
    }

    @Test
    void answersComeInTheOrderOfTheQuestionsAlsoOfIdsThatStandTwice() {
        JobId unknown = store.job().one().id();
        JobId completed = ended(DONE);
        List<JobId> jobs = ids(store.add(3));

        for (Amendment amendment : AMENDMENTS.subList(1, AMENDMENTS.size())) {
            List<Operated> answers =
                    amend(amendment, jobs.get(2), unknown, jobs.get(0), completed, jobs.get(2), unknown);

            assertThat(answers)
                    .extracting(Operated::job)
                    .containsExactly(jobs.get(2), unknown, jobs.get(0), completed, jobs.get(2), unknown);
            assertThat(answers.get(1)).isEqualTo(new Operated.NotFound(unknown));
            assertThat(answers.get(3)).isEqualTo(new Operated.NotAllowed(completed, JobState.COMPLETED));
            assertThat(answers.get(4)).isInstanceOf(Operated.Done.class).isEqualTo(answers.get(0));
        }

        assertThat(store.drained(store.claiming(ALL).lanes(LANES))).containsExactlyInAnyOrderElementsOf(jobs);
    }

    @Test
    void nothingAskedIsNothingAnsweredAndTooMuchIsRefused() {
        JobId job = store.addOne().id();
        List<JobId> ids = Collections.nCopies(JobStore.BATCH_JOBS + 1, job);
        Operate operate = operate();

        for (Amendment amendment : AMENDMENTS) {
            assertThat(operate.amend(MAIN, List.of(), amendment)).isEmpty();
            assertThatThrownBy(() -> operate.amend(MAIN, ids, amendment)).isInstanceOf(IllegalArgumentException.class);
        }

        assertThat(store.drained(store.claiming(ALL))).containsExactly(job);
    }

    @Test
    void whatIsAmendedIsSeenByEveryHandle() {
        List<JobId> jobs = ids(store.add(3));
        Operate here = operate();
        Operate there = store.other().feature(Operate.class).orElseThrow();
        Lane fresh = new Lane(MAIN, new QueueName("seen-by-all"), LANE.kind());

        here.amend(MAIN, jobs.subList(0, 2), new Move(fresh.queue()));
        assertThat(there.amend(MAIN, jobs.subList(0, 1), new ReplacePayload(OTHER)))
                .containsExactly(new Operated.Done(jobs.get(0), fresh, JobState.AVAILABLE));

        Lease lease = Subject.claim(
                        store.other(), store.claiming(1).lanes(fresh).request())
                .leases()
                .get(0);
        assertThat(lease.claims().get(0).payload()).isEqualTo(OTHER);
        assertThat(here.amend(MAIN, jobs.subList(0, 1), new Reprioritise(0)))
                .containsExactly(new Operated.NotAllowed(jobs.get(0), JobState.RUNNING));
    }

    private Operate operate() {
        return store.operate();
    }

    private List<Operated> amend(Amendment amendment, JobId... ids) {
        return operate().amend(MAIN, List.of(ids), amendment);
    }

    private static List<Operated> done(Collection<JobId> jobs, Lane lane, JobState state) {
        return jobs.stream()
                .<Operated>map(job -> new Operated.Done(job, lane, state))
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
}
