package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.store.AttemptRecord;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.Due;
import dev.leat.api.store.Failure;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What each outcome makes of a job: its state, its attempts, its history and when it runs again. */
abstract class OutcomeRules {
    private static final Failure WHY = new Failure("no route to host", "at Mail.send(Mail.java:7)\n\tat java.base");
    private static final Duration HOUR = Duration.ofHours(1);

    private final Subject store;

    OutcomeRules(Subject store) {
        this.store = store;
    }

    // Final outcomes.

    @Test
    void aCompletedJobIsKeptWithItsResult() {
        JobRecord job = finished(new Outcome.Completed(Payload.json("{\"sent\":1}")));

        assertThat(job.state()).isEqualTo(JobState.COMPLETED);
        assertThat(job.result()).isEqualTo(Payload.json("{\"sent\":1}"));
        assertThat(job.failure()).isNull();
    }

    @Test
    void aDiscardedJobIsKeptWithItsReason() {
        JobRecord job = finished(new Outcome.Discard(WHY));

        assertThat(job.state()).isEqualTo(JobState.DISCARDED);
        assertThat(job.failure()).isEqualTo(WHY);
        assertThat(job.result()).isNull();
    }

    @Test
    void aCancelledJobIsKeptWithItsReason() {
        JobRecord job = finished(new Outcome.Cancelled(WHY));

        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        assertThat(job.failure()).isEqualTo(WHY);
        assertThat(job.result()).isNull();
    }

    /** Settles a job so that it ends, and checks what all ends have in common. */
    private JobRecord finished(Outcome outcome) {
        NewJob added = store.addOne();
        store.clock.advance(HOUR);
        Instant claimedAt = store.store().time();
        Lease lease = store.claimOne(store.claiming(1).worker(77).lease(HOUR.multipliedBy(10)));
        store.clock.advance(HOUR);
        Instant settledAt = store.store().time();
        store.settle(lease, outcome);
        store.clock.advance(HOUR.multipliedBy(20));

        assertThat(store.promoteAll()).isZero();
        assertThat(store.reclaimAll()).isEmpty();
        store.assertNothingToClaim();
        JobRecord job = store.find(added.id());
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(job.crashes()).isZero();
        assertThat(job.worker()).isEqualTo(77);
        assertThat(job.dueAt()).isNull();
        assertSoonAfter(job.startedAt(), claimedAt);
        assertSoonAfter(job.finishedAt(), settledAt);
        assertThat(job.attempts()).isEmpty();
        return job;
    }

    // Retry.

    @Test
    void aRetriedJobIsRetryableUntilItsBackOffHasPassed() {
        NewJob job = store.addOne();
        store.settle(store.claimOne(), new Outcome.Retry(HOUR, WHY));

        store.assertState(job.id(), JobState.RETRYABLE);
        store.clock.advance(HOUR.minusMinutes(5));
        assertThat(store.promoteAll()).as("promoted early").isZero();
        store.assertNothingToClaim();
        store.clock.advance(Duration.ofMinutes(10));
        assertThat(store.promoteAll()).isEqualTo(1);
        store.assertState(job.id(), JobState.AVAILABLE);
        assertThat(job(store.claimOne())).isEqualTo(job.id());
    }

    @Test
    void aBackOffCountsFromTheSettlement() {
        store.addOne();
        Lease lease = store.claimOne(store.claiming(1).lease(HOUR.multipliedBy(10)));
        store.clock.advance(HOUR.multipliedBy(3));
        store.settle(lease, new Outcome.Retry(HOUR, WHY));
        store.clock.advance(HOUR.minusMinutes(5));

        assertThat(store.promoteAll()).isZero();
    }

    @Test
    void eachRetryCountsAnAttempt() {
        store.addOne();
        for (int attempt = 1; attempt <= 6; attempt++) {
            Lease lease = store.claimOne();
            assertThat(lease.attempt()).isEqualTo(attempt);
            store.settle(lease, new Outcome.Retry(HOUR, WHY));
            store.clock.advance(HOUR.multipliedBy(2));
            assertThat(store.promoteAll()).isEqualTo(1);
        }
    }

    @Test
    void aRetryWithoutBackOffIsPromotedAtOnce() {
        NewJob job = store.addOne();
        store.settle(store.claimOne(), new Outcome.Retry(Duration.ZERO, WHY));

        store.promoteAll();

        Lease lease = store.claimOne();
        assertThat(job(lease)).isEqualTo(job.id());
        assertThat(lease.attempt()).isEqualTo(2);
    }

    @Test
    void aRetryableJobShowsWhyAndWhen() {
        NewJob added = store.addOne();
        Lease lease = store.claimOne();
        Instant settledAt = store.store().time();
        store.settle(lease, new Outcome.Retry(HOUR, WHY));

        JobRecord job = store.find(added.id());

        assertThat(job.attempt()).isEqualTo(1);
        assertSoonAfter(job.dueAt(), settledAt.plus(HOUR));
        assertThat(job.failure()).isNull();
        assertThat(job.finishedAt()).isNull();
        assertThat(job.attempts()).hasSize(1);
        assertThat(job.attempts().get(0).failure()).isEqualTo(WHY);
    }

    // Snooze.

    @Test
    void aSnoozedJobIsScheduledUntilItsTimeHasPassed() {
        NewJob job = store.addOne();
        Lease lease = store.claimOne();
        Instant settledAt = store.store().time();
        store.settle(lease, new Outcome.Snooze(HOUR));

        store.assertState(job.id(), JobState.SCHEDULED);
        assertSoonAfter(store.find(job.id()).dueAt(), settledAt.plus(HOUR));
        store.clock.advance(HOUR.minusMinutes(5));
        assertThat(store.promoteAll()).as("promoted early").isZero();
        store.assertNothingToClaim();
        store.clock.advance(Duration.ofMinutes(10));
        assertThat(store.promoteAll()).isEqualTo(1);
        assertThat(job(store.claimOne())).isEqualTo(job.id());
    }

    @Test
    void aSnoozeCostsNoAttempt() {
        NewJob job = store.addOne();
        for (int i = 0; i < 5; i++) {
            Lease lease = store.claimOne();
            assertThat(lease.attempt()).isEqualTo(1);
            store.settle(lease, new Outcome.Snooze(HOUR));
            store.clock.advance(HOUR.multipliedBy(2));
            assertThat(store.promoteAll()).isEqualTo(1);
        }
        assertThat(store.find(job.id()).attempt()).isZero();
    }

    @Test
    void aSnoozeWithoutDelayIsPromotedAtOnce() {
        NewJob job = store.addOne();
        store.settle(store.claimOne(), new Outcome.Snooze(Duration.ZERO));

        store.promoteAll();

        assertThat(job(store.claimOne())).isEqualTo(job.id());
    }

    // Release.

    @Test
    void aReleasedJobIsAvailableAtOnce() {
        NewJob job = store.addOne();
        store.settle(store.claimOne(), new Outcome.Release());

        store.assertState(job.id(), JobState.AVAILABLE);
        assertThat(job(store.claimOne())).isEqualTo(job.id());
    }

    @Test
    void aReleaseCostsNoAttempt() {
        NewJob job = store.add(store.job().maxAttempts(1).one());
        for (int i = 0; i < 5; i++) {
            Lease lease = store.claimOne();
            assertThat(lease.attempt()).isEqualTo(1);
            assertThat(lease.suspect()).isFalse();
            store.settle(lease, new Outcome.Release());
        }
        assertThat(store.find(job.id()).attempt()).isZero();
    }

    @Test
    void aReleaseGivesBackOnlyItsOwnAttempt() {
        store.addOne();
        store.settle(store.claimOne(), new Outcome.Retry(HOUR, WHY));
        store.clock.advance(HOUR.multipliedBy(2));
        store.promoteAll();
        Lease second = store.claimOne();
        assertThat(second.attempt()).isEqualTo(2);

        store.settle(second, new Outcome.Release());

        assertThat(store.claimOne().attempt()).isEqualTo(2);
    }

    @Test
    void aReleasedBlockIsHandedOutOnceAgain() {
        Lease lease = store.leased(200);
        store.settle(lease, new Outcome.Release());

        assertThat(store.drained(store.claiming(ALL))).containsExactlyInAnyOrderElementsOf(Subject.jobs(lease));
    }

    // History.

    @Test
    void everyRunThatDidNotEndTheJobIsInItsHistory() {
        JobId job = store.addOne().id();
        List<Run> runs = new ArrayList<>();
        runs.add(run(11, new Outcome.Retry(HOUR, WHY)));
        runs.add(run(12, new Outcome.Snooze(HOUR)));
        runs.add(run(13, new Outcome.Release()));
        runs.add(run(14, new Outcome.Retry(HOUR, Failure.of("again"))));
        run(15, new Outcome.Completed(null));

        JobRecord record = store.find(job);

        assertThat(record.attempt()).isEqualTo(3);
        assertThat(record.worker()).isEqualTo(15);
        assertThat(record.attempts())
                .extracting(AttemptRecord::ended)
                .containsExactly(Ended.FAILED, Ended.SNOOZED, Ended.RELEASED, Ended.FAILED);
        assertThat(record.attempts()).extracting(AttemptRecord::attempt).containsExactly(1, 2, 2, 2);
        assertThat(record.attempts()).extracting(AttemptRecord::worker).containsExactly(11, 12, 13, 14);
        assertThat(record.attempts())
                .extracting(AttemptRecord::failure)
                .containsExactly(WHY, null, null, Failure.of("again"));
        for (int i = 0; i < runs.size(); i++) {
            AttemptRecord attempt = record.attempts().get(i);
            assertThat(attempt.lease()).isEqualTo(runs.get(i).lease().id());
            assertSoonAfter(attempt.startedAt(), runs.get(i).startedAt());
            assertSoonAfter(attempt.endedAt(), runs.get(i).endedAt());
        }
    }

    /** One run of the job, with an hour between its events. */
    private Run run(int worker, Outcome outcome) {
        store.clock.advance(HOUR);
        Instant startedAt = store.store().time();
        Lease lease = store.claimOne(store.claiming(1).worker(worker).lease(HOUR.multipliedBy(10)));
        store.clock.advance(HOUR);
        Instant endedAt = store.store().time();
        store.settle(lease, outcome);
        store.clock.advance(HOUR.multipliedBy(2));
        store.promoteAll();
        return new Run(lease, startedAt, endedAt);
    }

    private record Run(Lease lease, Instant startedAt, Instant endedAt) {}

    @Test
    void aRunningJobShowsItsRun() {
        NewJob added = store.add(store.job().priority(2).maxAttempts(7).one());
        Instant claimedAt = store.store().time();
        store.claimOne(store.claiming(1).worker(2_047));

        JobRecord job = store.find(added.id());

        assertThat(job.state()).isEqualTo(JobState.RUNNING);
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(job.maxAttempts()).isEqualTo(7);
        assertThat(job.priority()).isEqualTo(2);
        assertThat(job.worker()).isEqualTo(2_047);
        assertSoonAfter(job.startedAt(), claimedAt);
        assertThat(job.finishedAt()).isNull();
        assertThat(job.dueAt()).isNull();
        assertThat(job.attempts()).isEmpty();
    }

    @Test
    void aJobThatNeverRanShowsSo() {
        Instant addedAt = store.store().time();
        NewJob added = store.addOne();

        JobRecord job = store.find(added.id());

        assertThat(job.state()).isEqualTo(JobState.AVAILABLE);
        assertThat(job.lane()).isEqualTo(added.lane());
        assertThat(job.payload()).isEqualTo(added.payload());
        assertThat(job.attempt()).isZero();
        assertThat(job.crashes()).isZero();
        assertSoonAfter(job.createdAt(), addedAt);
        assertThat(job.startedAt()).isNull();
        assertThat(job.finishedAt()).isNull();
        assertThat(job.worker()).isNull();
        assertThat(job.result()).isNull();
        assertThat(job.failure()).isNull();
        assertThat(job.attempts()).isEmpty();
    }

    // Hostile text.

    @Test
    void failuresOfAnyTextAreKept() {
        List<Failure> failures = List.of(
                new Failure("NUL \0 in the middle", "\0"),
                new Failure("lone \ud800 and \udc00 surrogates", "\udfff"),
                new Failure("m".repeat(1 << 20), "d".repeat(1 << 20)),
                new Failure(emoji().repeat(700), emoji().repeat(10_000)),
                new Failure("'; drop table jobs; --", "\\x00 \\. \\N \t\r\n\b\f \u007f \u0085"),
                new Failure("\u2028 \u202e \u200d \ufeff e\u0301 \u00e9 \uffff", "{\"a\": [1, 2}"));
        for (Failure failure : failures) {
            NewJob discarded = store.addOne();
            store.settle(store.claimOne(), new Outcome.Discard(failure));
            NewJob cancelled = store.addOne();
            store.settle(store.claimOne(), new Outcome.Cancelled(failure));
            NewJob retried = store.addOne();
            store.settle(store.claimOne(), new Outcome.Retry(HOUR, failure));

            assertThat(store.find(discarded.id()).failure()).isEqualTo(failure);
            assertThat(store.find(cancelled.id()).failure()).isEqualTo(failure);
            assertThat(store.find(retried.id()).attempts())
                    .extracting(AttemptRecord::failure)
                    .containsExactly(failure);
        }
    }

    @Test
    void theLongestWaitsAreKept() {
        store.add(2);
        Lease retried = store.claimOne();
        store.settle(retried, new Outcome.Retry(Due.MAX_DELAY, WHY));
        Lease snoozed = store.claimOne();
        store.settle(snoozed, new Outcome.Snooze(Due.MAX_DELAY));

        store.clock.advance(Due.MAX_DELAY.minusDays(1));
        assertThat(store.promoteAll()).isZero();
        store.clock.advance(Duration.ofDays(2));
        assertThat(store.promoteAll()).isEqualTo(2);
    }

    private static String emoji() {
        return new String(Character.toChars(0x1F469));
    }

    private static void assertSoonAfter(@Nullable Instant actual, Instant earliest) {
        // A store may keep fewer digits than its clock gives.
        assertThat(actual).isBetween(earliest.truncatedTo(ChronoUnit.MILLIS), earliest.plus(Duration.ofMinutes(10)));
    }
}
