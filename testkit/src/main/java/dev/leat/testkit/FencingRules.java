package dev.leat.testkit;

import static dev.leat.api.store.Settled.Answer.ACCEPTED;
import static dev.leat.api.store.Settled.Answer.STALE_LEASE;
import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.OTHER_TENANT;
import static dev.leat.testkit.Subject.job;
import static dev.leat.testkit.Subject.jobs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Failure;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Only the lease that holds a job can settle it; whatever comes late, twice or from elsewhere changes nothing. */
abstract class FencingRules {
    private static final Outcome DONE = new Outcome.Completed(null);
    private static final Failure WHY = Failure.of("try later");
    private static final Duration HOUR = Duration.ofHours(1);

    /** One of each, so that none is forgotten by a store which treats them apart. */
    private static final List<Outcome> EVERY = List.of(
            DONE,
            new Outcome.Completed(Payload.json("\"stale\"")),
            new Outcome.Retry(HOUR, WHY),
            new Outcome.Discard(WHY),
            new Outcome.Snooze(HOUR),
            new Outcome.Release(),
            new Outcome.Cancelled(WHY));

    private final Subject store;

    FencingRules(Subject store) {
        this.store = store;
    }

    /** Whatever a store makes of settlements that are alike. */
    @Test
    void aStaleSettlementBesideAGoodOneTakesNothingFromItsJob() {
        Failure late = Failure.of("too late");
        Payload kept = Payload.json("\"kept\"");
        for (Outcome first : List.of(new Outcome.Completed(kept), new Outcome.Discard(WHY))) {
            Lease lease = store.leased(2);
            JobId settled = jobs(lease).get(0);
            JobId running = jobs(lease).get(1);
            store.store().settle(List.of(new Settlement(lease.id(), settled, first)));

            assertThat(store.store()
                            .settle(List.of(
                                    new Settlement(lease.id(), settled, new Outcome.Discard(late)),
                                    new Settlement(lease.id(), running, new Outcome.Discard(late)))))
                    .extracting(Settled::answer)
                    .containsExactly(STALE_LEASE, ACCEPTED);

            JobRecord record = store.find(settled);
            assertThat(record.result()).isEqualTo(first instanceof Outcome.Completed ? kept : null);
            assertThat(record.failure()).isEqualTo(first instanceof Outcome.Completed ? null : WHY);
            assertThat(store.find(running).failure()).isEqualTo(late);
        }
    }

    // Tokens.

    @Test
    void tokensGrowOverRetries() {
        assertTokensGrow(new Outcome.Retry(HOUR, WHY));
    }

    @Test
    void tokensGrowOverSnoozes() {
        assertTokensGrow(new Outcome.Snooze(HOUR));
    }

    @Test
    void tokensGrowOverReleases() {
        assertTokensGrow(new Outcome.Release());
    }

    @Test
    void tokensGrowOverReclaims() {
        NewJob good = store.add(store.job().maxAttempts(NewJob.MOST_ATTEMPTS).one());
        store.add(10);
        long last = 0;
        for (int i = 0; i < 4; i++) {
            List<Lease> leases = store.drain(store.claiming(ALL).suspects());
            long token = leases.stream()
                    .filter(lease -> jobs(lease).contains(good.id()))
                    .mapToLong(lease -> lease.id().value())
                    .sum();
            assertThat(token).isGreaterThan(last);
            last = token;
            store.die();
        }
    }

    @Test
    void tokensAreNeverReusedByAnyJob() {
        Set<LeaseId> seen = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            store.add(store.job().lane(i % 2 == 0 ? Subject.LANE : OTHER_TENANT).times(3));
            List<Lease> leases = store.drain(
                    store.claiming(2).lanes(Subject.LANE, OTHER_TENANT).suspects());
            assertThat(leases).isNotEmpty().allMatch(lease -> seen.add(lease.id()), "has a new token");
            switch (i % 3) {
                case 0 -> store.settle(leases, DONE);
                case 1 -> store.settle(leases, new Outcome.Release());
                default -> store.die();
            }
        }
    }

    private void assertTokensGrow(Outcome outcome) {
        NewJob job = store.addOne();
        Lease last = store.claimOne();
        for (int i = 0; i < 5; i++) {
            store.settle(last, outcome);
            store.clock.advance(HOUR.multipliedBy(2));
            store.promoteAll();
            Lease next = store.claimOne();
            assertThat(job(next)).isEqualTo(job.id());
            assertThat(next.id()).isGreaterThan(last.id());
            assertStaleFor(last, job.id());
            last = next;
        }
        store.settle(last, DONE);
    }

    // Late.

    @Test
    void aJobIsSettledOnce() {
        for (Outcome outcome : EVERY) {
            store.addOne();
            Lease lease = store.claimOne();
            store.settle(lease, outcome);

            assertStaleFor(lease, job(lease));

            emptyTheStore();
        }
    }

    @Test
    void ofTwoSettlementsOfOneJobInOneCallTheFirstIsAccepted() {
        Lease lease = store.leased(1);
        JobId job = job(lease);

        assertThat(store.store()
                        .settle(List.of(
                                new Settlement(lease.id(), job, new Outcome.Completed(Payload.json("1"))),
                                new Settlement(lease.id(), job, new Outcome.Discard(WHY)),
                                new Settlement(lease.id(), job, new Outcome.Completed(Payload.json("2"))))))
                .extracting(Settled::answer)
                .containsExactly(ACCEPTED, STALE_LEASE, STALE_LEASE);

        store.assertState(job, JobState.COMPLETED);
        if (store.has(Capability.INSPECTION)) {
            assertThat(store.find(job).result()).isEqualTo(Payload.json("1"));
        }
    }

    @Test
    void ofTwoOutcomesThatGiveAJobBackTheFirstIsAccepted() {
        Lease lease = store.leased(1);
        JobId job = job(lease);

        assertThat(store.store()
                        .settle(List.of(
                                new Settlement(lease.id(), job, new Outcome.Release()),
                                new Settlement(lease.id(), job, new Outcome.Release()),
                                new Settlement(lease.id(), job, DONE))))
                .extracting(Settled::answer)
                .containsExactly(ACCEPTED, STALE_LEASE, STALE_LEASE);

        assertThat(store.drained(store.claiming(ALL))).containsExactly(job);
    }

    @Test
    void afterAReclaimTheOldLeaseHoldsNothing() {
        Lease lease = store.leased(3);
        store.die();

        for (Outcome outcome : EVERY) {
            store.assertStale(lease, outcome);
        }

        assertThat(jobs(store.drain(store.claiming(ALL).suspects()))).hasSize(3);
    }

    @Test
    void theHolderBeforeCannotDisturbTheHolderNow() {
        Lease old = store.leased(3);
        store.die();
        List<Lease> now = store.drain(store.claiming(ALL).suspects());

        for (Outcome outcome : EVERY) {
            store.assertStale(old, outcome);
        }

        store.settle(now, DONE);
        store.assertState(jobs(old), JobState.COMPLETED);
    }

    @Test
    void theHolderBeforeARetryCannotDisturbTheHolderNow() {
        Lease old = store.leased(1);
        store.settle(old, new Outcome.Retry(HOUR, WHY));
        store.clock.advance(HOUR.multipliedBy(2));
        store.promoteAll();
        Lease now = store.claimOne();

        for (Outcome outcome : EVERY) {
            store.assertStale(old, outcome);
        }

        store.settle(now, DONE);
    }

    @Test
    void aLeaseThatGoesOnCannotDisturbWhoHoldsAJobThatItGaveBack() {
        Lease old = store.leased(3);
        JobId back = jobs(old).get(1);
        store.settle(old, back, new Outcome.Release());
        Lease now = store.claimOne();
        assertThat(job(now)).isEqualTo(back);

        assertStaleFor(old, back);

        store.settle(now, DONE);
        store.settle(old, jobs(old).get(0), DONE);
        store.settle(old, jobs(old).get(2), DONE);
    }

    @Test
    void aLeaseThatHasEndedMaySettleUntilItIsReclaimed() {
        Lease lease = store.leased(3);
        store.clock.advance(Subject.LONGER_THAN_LEASE);

        store.settle(lease, DONE);

        assertThat(store.reclaimAll()).isEmpty();
        store.assertState(jobs(lease), JobState.COMPLETED);
    }

    // From elsewhere.

    @Test
    void aLeaseSettlesOnlyTheJobsItHolds() {
        List<NewJob> added = store.add(2);
        Lease first = store.claimOne();
        Lease second = store.claimOne();
        assertThat(added).extracting(NewJob::id).containsExactlyInAnyOrder(job(first), job(second));

        for (Outcome outcome : EVERY) {
            assertThat(store.answer(first, job(second), outcome)).isEqualTo(STALE_LEASE);
            assertThat(store.answer(second, job(first), outcome)).isEqualTo(STALE_LEASE);
        }

        store.settle(first, DONE);
        store.settle(second, DONE);
    }

    @Test
    void aLeaseOfALargeClaimSettlesOnlyTheJobsItHolds() {
        store.add(600);
        List<Lease> leases = store.drain(store.claiming(600));
        assertThat(leases).hasSizeGreaterThan(1);
        Lease first = leases.get(0);
        Lease second = leases.get(1);

        List<Settlement> crossed = jobs(second).stream()
                .map(job -> new Settlement(first.id(), job, DONE))
                .toList();
        assertThat(store.store().settle(crossed)).isEqualTo(Subject.answers(crossed, STALE_LEASE));

        store.settle(leases, DONE);
    }

    @Test
    void aJobBetweenTwoOfALeaseIsNotCovered() {
        List<NewJob> three = store.job().times(3);
        store.add(List.of(three.get(0), three.get(2)));
        List<Lease> leases = store.drain(store.claiming(2));
        NewJob between = store.add(three.get(1));

        for (Lease lease : leases) {
            assertThat(store.answer(lease, between.id(), DONE)).isEqualTo(STALE_LEASE);
        }

        assertThat(store.drained(store.claiming(ALL))).containsExactly(between.id());
        store.settle(leases, DONE);
    }

    @Test
    void jobsThatDoNotRunAreNotCovered() {
        Lease lease = store.leased(1);
        List<JobId> others = new ArrayList<>();
        others.add(store.addOne().id());
        others.add(store.add(store.job().lane(OTHER_TENANT).one()).id());
        others.add(store.job().one().id());
        others.add(new JobId(1));
        others.add(new JobId(Long.MAX_VALUE - 1));

        for (JobId other : others) {
            for (Outcome outcome : EVERY) {
                assertThat(store.answer(lease, other, outcome)).isEqualTo(STALE_LEASE);
            }
        }

        assertThat(store.drained(store.claiming(ALL))).containsExactly(others.get(0));
        assertThat(store.drained(store.claiming(ALL).lanes(OTHER_TENANT))).containsExactly(others.get(1));
        store.settle(lease, DONE);
    }

    @Test
    void leasesThatNeverWereHoldNothing() {
        Lease lease = store.leased(1);
        long token = lease.id().value();

        for (long unknown : new long[] {token + 1, token + 1_000, 0, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            for (Outcome outcome : EVERY) {
                assertThat(store.store().settle(List.of(new Settlement(new LeaseId(unknown), job(lease), outcome))))
                        .extracting(Settled::answer)
                        .containsExactly(STALE_LEASE);
            }
        }

        store.settle(lease, DONE);
    }

    // Parts.

    @Test
    void aLeaseMayBeSettledInParts() {
        Lease lease = store.leased(100);
        List<JobId> held = jobs(lease);
        List<Settlement> even = new ArrayList<>();
        for (int i = 0; i < 100; i += 2) {
            even.add(new Settlement(lease.id(), held.get(i), DONE));
        }
        assertThat(store.store().settle(even)).isEqualTo(Subject.answers(even, ACCEPTED));

        List<Settled> all = store.store().settle(Subject.settlements(lease, new Outcome.Cancelled(WHY)));

        for (int i = 0; i < 100; i++) {
            assertThat(all.get(i).answer()).isEqualTo(i % 2 == 0 ? STALE_LEASE : ACCEPTED);
        }
        store.assertState(held.get(0), JobState.COMPLETED);
        store.assertState(held.get(1), JobState.CANCELLED);
        store.assertNothingToClaim();
    }

    @Test
    void oneCallMaySettleManyLeasesInManyWays() {
        store.add(4 * EVERY.size());
        List<Lease> leases = store.drain(store.claiming(4));
        List<Settlement> mixed = new ArrayList<>();
        List<Settled.Answer> expected = new ArrayList<>();
        int turn = 0;
        for (Lease lease : leases) {
            for (JobId job : jobs(lease)) {
                mixed.add(new Settlement(lease.id(), job, EVERY.get(turn++ % EVERY.size())));
                expected.add(ACCEPTED);
                mixed.add(0, new Settlement(new LeaseId(lease.id().value() + 1_000_000), job, DONE));
                expected.add(0, STALE_LEASE);
            }
        }

        List<Settled> answers = store.store().settle(mixed);

        assertThat(answers).extracting(Settled::answer).isEqualTo(expected);
        assertThat(answers)
                .extracting(Settled::job)
                .isEqualTo(mixed.stream().map(Settlement::job).toList());
        assertThat(answers)
                .extracting(Settled::lease)
                .isEqualTo(mixed.stream().map(Settlement::lease).toList());
        assertThat(store.drained(store.claiming(ALL))).as("released").hasSize(4);
        store.clock.advance(HOUR.multipliedBy(2));
        assertThat(store.promoteAll()).as("retried and snoozed").isEqualTo(8);
    }

    @Test
    void answersFollowTheOrderOfTheQuestionsNotOfTheLeases() {
        store.add(30);
        List<Lease> leases = store.drain(store.claiming(3));
        List<Settlement> backwards = new ArrayList<>(Subject.settlements(leases, DONE));
        Collections.shuffle(backwards, new Random(6));

        assertThat(store.store().settle(backwards)).isEqualTo(Subject.answers(backwards, ACCEPTED));
    }

    @Test
    void anEmptyListIsAnsweredByAnEmptyList() {
        assertThat(store.store().settle(List.of())).isEmpty();
    }

    @Test
    void tenThousandJobsMayBeSettledInOneCall() {
        store.add(JobStore.BATCH_JOBS);
        List<Lease> leases = store.drain(store.claiming(ALL));

        store.settle(leases, DONE);

        store.clock.advance(Subject.LONGER_THAN_LEASE);
        assertThat(store.reclaimAll()).isEmpty();
        store.assertNothingToClaim();
    }

    /** No outcome under the lease is accepted for the job, and nothing that can be seen of the job changes. */
    private void assertStaleFor(Lease lease, JobId job) {
        boolean visible = store.has(Capability.INSPECTION);
        JobRecord before = visible ? store.find(job) : null;
        for (Outcome outcome : EVERY) {
            assertThat(store.answer(lease, job, outcome)).isEqualTo(STALE_LEASE);
        }
        if (visible) {
            assertThat(store.find(job)).isEqualTo(before);
        }
    }

    private void emptyTheStore() {
        store.clock.advance(HOUR.multipliedBy(2));
        store.promoteAll();
        store.settle(store.drain(store.claiming(ALL)), DONE);
    }
}
