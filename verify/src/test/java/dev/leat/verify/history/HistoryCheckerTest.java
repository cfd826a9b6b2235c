package dev.leat.verify.history;

import static dev.leat.verify.history.Told.LEASE;
import static dev.leat.verify.history.Told.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Each promise with a history that keeps it just so, and with ones that break it. */
class HistoryCheckerTest {
    private static final long JOB = 7;
    private static final long OTHER = 8;

    private static Told history() {
        return new Told();
    }

    private static void holds(Told history) {
        assertThat(history.verdict().violations()).isEmpty();
        assertThat(history.verdict().holds()).isTrue();
    }

    private static void breaks(Invariant invariant, Told history) {
        Verdict verdict = history.verdict();
        assertThat(verdict.holds()).isFalse();
        assertThat(verdict.violations()).extracting(Violation::invariant).containsOnly(invariant);
    }

    @Test
    void aJobThatIsEnqueuedClaimedAndCompletedBreaksNothing() {
        Told history = history()
                .enqueue(JOB)
                .claim("w1", JOB, 1)
                .settle("w1", JOB, 1, "completed")
                .end(JOB, "completed");

        holds(history);
        Verdict verdict = history.verdict();
        assertThat(verdict.acknowledged()).isOne();
        assertThat(verdict.completed()).isOne();
        assertThat(verdict.redeliveries()).isZero();
        assertThat(verdict.jobs()).isOne();
    }

    // I1

    @Test
    void anAcceptedJobThatIsGoneIsLost() {
        Told history = history().enqueue(JOB);
        breaks(Invariant.I1, history);
        assertThat(history.verdict().lost()).isOne();
    }

    @Test
    void anAcceptedJobThatStillWaitsIsLost() {
        breaks(Invariant.I1, history().enqueue(JOB).end(JOB, "available", event -> event.attempt(0)));
    }

    @Test
    void aJobWhoseAcceptanceIsUnknownMayBeMissing() {
        holds(history()
                .add(
                        "producer",
                        1,
                        Op.ENQUEUE,
                        Phase.INVOKE,
                        event -> event.job(JOB).sha256(Told.SHA))
                .add("producer", 1, Op.ENQUEUE, Phase.INFO, event -> event.job(JOB)));
    }

    @Test
    void aJobThatIsCancelledByNobodyIsLost() {
        breaks(Invariant.I1, history().enqueue(JOB).end(JOB, "cancelled", event -> event.attempt(0)));
        holds(history().enqueue(JOB).byHand(Op.CANCEL, JOB, "done").end(JOB, "cancelled", event -> event.attempt(0)));
    }

    @Test
    void anAcceptedCompletionStays() {
        breaks(
                Invariant.I1,
                history()
                        .enqueue(JOB)
                        .claim("w1", JOB, 1)
                        .settle("w1", JOB, 1, "completed")
                        .byHand(Op.CANCEL, JOB, "done")
                        .end(JOB, "cancelled"));
    }

    private static Told ended(String outcome) {
        return history().enqueue(JOB).claim("w1", JOB, 1).settle("w1", JOB, 1, outcome);
    }

    @Test
    void whatHasEndedIsNotHandedOutAgain() {
        for (String outcome : List.of("completed", "discard", "cancelled")) {
            String state = outcome.equals("discard") ? "discarded" : outcome;
            breaks(
                    Invariant.I1,
                    ended(outcome)
                            .at(40)
                            .claim("w2", JOB, 2, event -> event.attempt(2))
                            .settle("w2", JOB, 2, "release")
                            .end(JOB, state));
        }
        breaks(
                Invariant.I1,
                history()
                        .enqueue(JOB)
                        .byHand(Op.CANCEL, JOB, "done")
                        .claim("w2", JOB, 2)
                        .settle("w2", JOB, 2, "release")
                        .end(JOB, "cancelled", event -> event.attempt(0)));
        holds(ended("discard")
                .byHand(Op.RETRY, JOB, "done")
                .at(40)
                .claim("w2", JOB, 2, event -> event.attempt(2))
                .settle("w2", JOB, 2, "completed")
                .end(JOB, "completed", event -> event.attempt(2)));
    }

    @Test
    void whatHasEndedStaysInItsState() {
        breaks(Invariant.I1, ended("discard").end(JOB, "cancelled"));
        breaks(
                Invariant.I1,
                history()
                        .enqueue(JOB)
                        .claim("w1", JOB, 1)
                        .byHand(Op.CANCEL, JOB, "done")
                        .settle("w1", JOB, 1, "completed")
                        .byHand(Op.CANCEL, JOB, "done")
                        .end(JOB, "completed"));
    }

    @Test
    void onlyWhatCanBeChangedIsChangedByHand() {
        breaks(Invariant.I1, ended("completed").byHand(Op.CANCEL, JOB, "done").end(JOB, "completed"));
        breaks(Invariant.I1, ended("completed").byHand(Op.RETRY, JOB, "done").end(JOB, "completed"));
        holds(ended("completed").byHand(Op.RETRY, JOB, "not_allowed").end(JOB, "completed"));
    }

    @Test
    void whatWasRetriedByHandRunsAgain() {
        breaks(Invariant.I1, ended("discard").byHand(Op.RETRY, JOB, "done").end(JOB, "discarded"));
        holds(ended("discard").byHand(Op.RETRY, JOB, "not_allowed").end(JOB, "discarded"));
        holds(ended("discard")
                .byHand(Op.RETRY, JOB, "done")
                .byHand(Op.CANCEL, JOB, "done")
                .end(JOB, "cancelled"));
    }

    @Test
    void whatWasHandedOutIsInTheStoreWhateverItsCallerWasTold() {
        breaks(
                Invariant.I1,
                history()
                        .add(
                                "producer",
                                1,
                                Op.ENQUEUE,
                                Phase.INVOKE,
                                event -> event.job(JOB)
                                        .lane("main", "mail", "send")
                                        .sha256(Told.SHA)
                                        .maxAttempts(3))
                        .add("producer", 1, Op.ENQUEUE, Phase.INFO, event -> event.job(JOB))
                        .claim("w1", JOB, 1)
                        .settle("w1", JOB, 1, "completed"));
    }

    // I2

    @Test
    void aJobThatNobodyEnqueuedIsAPhantom() {
        breaks(Invariant.I2, history().claim("w1", JOB, 1));
        breaks(Invariant.I2, history().end(JOB, "completed"));
    }

    @Test
    void aClaimHandsOutNoMoreThanItAskedFor() {
        for (int most = 1; most <= 2; most++) {
            int asked = most;
            Told told = history()
                    .enqueue(JOB)
                    .enqueue(JOB + 1)
                    .add(
                            "w1",
                            99,
                            Op.CLAIM,
                            Phase.INVOKE,
                            event -> event.size(asked).lasting(LEASE));
            for (long job = JOB; job <= JOB + 1; job++) {
                long each = job;
                told.handedOut("w1", 99, each, 1, event -> event.size(2).until(100 * LEASE));
            }
            told.settle("w1", JOB, 1, "completed").settle("w1", JOB + 1, 1, "completed");
            told.end(JOB, "completed").end(JOB + 1, "completed");
            if (most == 1) {
                breaks(Invariant.I2, told);
            } else {
                holds(told);
            }
        }
    }

    @Test
    void aRefusedJobIsNotHandedOut() {
        breaks(
                Invariant.I2,
                history()
                        .add(
                                "producer",
                                1,
                                Op.ENQUEUE,
                                Phase.INVOKE,
                                event -> event.job(JOB)
                                        .lane("main", "mail", "send")
                                        .sha256(Told.SHA)
                                        .maxAttempts(3))
                        .add("producer", 1, Op.ENQUEUE, Phase.FAIL, event -> event.job(JOB))
                        .claim("w1", JOB, 1));
    }

    @Test
    void aJobKeepsItsPayloadAndItsLane() {
        breaks(
                Invariant.I2,
                history()
                        .enqueue(JOB)
                        .claim("w1", JOB, 1, event -> event.sha256("cd".repeat(32)))
                        .settle("w1", JOB, 1, "completed")
                        .end(JOB, "completed"));
        breaks(
                Invariant.I2,
                history()
                        .enqueue(JOB)
                        .claim("w1", JOB, 1, event -> event.lane("other", "mail", "send"))
                        .settle("w1", JOB, 1, "completed")
                        .end(JOB, "completed"));
    }

    // I3

    @Test
    void twoCompletionsAreOneTooMany() {
        Told history = history()
                .enqueue(JOB)
                .claim("w1", JOB, 1)
                .at(40)
                .claim("w2", JOB, 2)
                .settle("w2", JOB, 2, "completed")
                .settle("w3", JOB, 2, "completed")
                .end(JOB, "completed");
        assertThat(history.verdict().violations())
                .extracting(Violation::invariant)
                .contains(Invariant.I3, Invariant.I4);
        assertThat(history.verdict().doubled()).isOne();
    }

    @Test
    void aCompletedJobWasCompletedBySomebody() {
        breaks(
                Invariant.I3,
                history().enqueue(JOB).claim("w1", JOB, 1).end(JOB, "completed", event -> event.attempt(0)));
        holds(history()
                .enqueue(JOB)
                .claim("w1", JOB, 1)
                .unknownSettle("w1", JOB, 1, "completed")
                .end(JOB, "completed"));
    }

    // I4

    @Test
    void anOldTokenSettlesNothing() {
        Told before = history().enqueue(JOB).claim("w1", JOB, 1).at(40).claim("w2", JOB, 2);
        Told history = before.settle("w1", JOB, 1, "retry")
                .at(60)
                .settle("w2", JOB, 2, "completed")
                .end(JOB, "completed", event -> event.attempt(2));
        breaks(Invariant.I4, history);
        assertThat(history.verdict().staleAccepted()).isOne();

        holds(history()
                .enqueue(JOB)
                .claim("w1", JOB, 1)
                .at(40)
                .claim("w2", JOB, 2)
                .settle("w1", JOB, 1, "completed", "stale_lease")
                .settle("w2", JOB, 2, "completed")
                .end(JOB, "completed"));
    }

    @Test
    void aSettlementUnderATokenThatTheJobNeverHadIsRefused() {
        breaks(
                Invariant.I4,
                history()
                        .enqueue(JOB)
                        .claim("w1", JOB, 1)
                        .settle("w1", JOB, 9, "completed")
                        .end(JOB, "completed"));
    }

    @Test
    void aSettlementInFlightWhileAGreaterTokenIsGrantedMayBeAccepted() {
        Told history = history().enqueue(JOB).claim("w1", JOB, 1);
        history.add(
                "w1",
                100,
                Op.SETTLE,
                Phase.INVOKE,
                event -> event.job(JOB).token(1).word("release"));
        history.claim("w2", JOB, 2);
        history.add(
                "w1", 100, Op.SETTLE, Phase.OK, event -> event.job(JOB).token(1).word("accepted"));
        holds(history.settle("w2", JOB, 2, "completed").end(JOB, "completed"));
    }

    @Test
    void tokensGrow() {
        breaks(
                Invariant.I4,
                history()
                        .enqueue(JOB)
                        .claim("w1", JOB, 5)
                        .settle("w1", JOB, 5, "release")
                        .claim("w2", JOB, 4)
                        .settle("w2", JOB, 4, "completed", "stale_lease")
                        .claim("w2", JOB, 6)
                        .settle("w2", JOB, 6, "completed")
                        .end(JOB, "completed"));
    }

    @Test
    void aTokenIsGrantedOnce() {
        breaks(
                Invariant.I4,
                history()
                        .enqueue(JOB)
                        .claim("w1", JOB, 5)
                        .claim("w2", JOB, 5)
                        .settle("w1", JOB, 5, "completed")
                        .end(JOB, "completed"));
    }

    @Test
    void aLeaseWhoseJobsHaveAllLeftIsNotRenewed() {
        breaks(
                Invariant.I4,
                history()
                        .enqueue(JOB)
                        .claim("w1", JOB, 1)
                        .settle("w1", JOB, 1, "completed")
                        .renew("w1", 1, "held")
                        .end(JOB, "completed"));
        holds(history()
                .enqueue(JOB)
                .claim("w1", JOB, 1)
                .settle("w1", JOB, 1, "completed")
                .renew("w1", 1, "gone")
                .end(JOB, "completed"));
    }

    // I5

    @Test
    void aJobIsInOneLeaseAtATime() {
        breaks(
                Invariant.I5,
                history()
                        .enqueue(JOB)
                        .claim("w1", JOB, 1)
                        .claim("w2", JOB, 2)
                        .settle("w2", JOB, 2, "completed")
                        .end(JOB, "completed"));
    }

    @Test
    void aRenewedLeaseLastsAsLongAsItWasRenewed() {
        breaks(
                Invariant.I5,
                history()
                        .enqueue(JOB)
                        .enqueue(OTHER)
                        .claim("w1", JOB, 1)
                        .at(20)
                        .claim("w1", OTHER, 2)
                        .renew("w1", 1, "held")
                        .at(40)
                        .claim("w2", JOB, 3)
                        .settle("w2", JOB, 3, "completed")
                        .settle("w1", OTHER, 2, "completed")
                        .end(JOB, "completed")
                        .end(OTHER, "completed"));
    }

    @Test
    void aBusyLeaseEndsWhenItDid() {
        holds(history()
                .enqueue(JOB)
                .claim("w1", JOB, 1)
                .at(20)
                .renew("w1", 1, "busy")
                .at(40)
                .claim("w2", JOB, 2)
                .settle("w2", JOB, 2, "completed")
                .end(JOB, "completed"));
    }

    @Test
    void aJobMayBeHandedOutAgainWhenItsSettlementMayHaveBeenAccepted() {
        holds(history()
                .enqueue(JOB)
                .claim("w1", JOB, 1)
                .unknownSettle("w1", JOB, 1, "release")
                .claim("w2", JOB, 2)
                .settle("w2", JOB, 2, "completed")
                .end(JOB, "completed"));
    }

    // I6

    @Test
    void theJobsOfADeadWorkerRunAgainInTime() {
        Told history = history().enqueue(JOB).claim("w1", JOB, 1).kill("w1");
        breaks(
                Invariant.I6,
                history.at(39)
                        .claim("w2", JOB, 2)
                        .settle("w2", JOB, 2, "completed")
                        .end(JOB, "completed"));
        holds(history()
                .enqueue(JOB)
                .claim("w1", JOB, 1)
                .kill("w1")
                .at(37)
                .claim("w2", JOB, 2)
                .settle("w2", JOB, 2, "completed")
                .end(JOB, "completed"));
    }

    @Test
    void aWorkerIsDeadAtWhateverMomentItWasKilled() {
        breaks(
                Invariant.I6,
                history()
                        .enqueue(JOB)
                        .claim("w1", JOB, 1)
                        .add("w1", 99, Op.FAULT, Phase.INVOKE, event -> event.word("kill-running"))
                        .at(39)
                        .claim("w2", JOB, 2)
                        .settle("w2", JOB, 2, "completed")
                        .end(JOB, "completed"));
    }

    @Test
    void suspectsMayWaitWhileOthersAreAtWork() {
        holds(waitingBehind(60, 62));
    }

    @Test
    void suspectsMayNotWaitAnyLongerWhenTheOthersAreSettled() {
        breaks(Invariant.I6, waitingBehind(35, 62));
    }

    @Test
    void suspectsMayNotWaitForAWorkerThatIsDeadToo() {
        breaks(
                Invariant.I6,
                history()
                        .enqueue(JOB)
                        .enqueue(OTHER)
                        .claim("w1", JOB, 1)
                        .claim("w2", OTHER, 2, event -> event.suspect(true))
                        .kill("w1")
                        .kill("w2")
                        .at(36)
                        .claim("w3", OTHER, 3)
                        .settle("w3", OTHER, 3, "completed")
                        .at(50)
                        .claim("w3", JOB, 4)
                        .settle("w3", JOB, 4, "completed")
                        .end(OTHER, "completed")
                        .end(JOB, "completed"));
    }

    /** Two jobs of a dead worker, of which the second comes when the first, a suspect, is settled or later. */
    private static Told waitingBehind(double settled, double second) {
        return history()
                .enqueue(JOB)
                .enqueue(OTHER)
                .claim("w1", JOB, 1)
                .claim("w1", OTHER, 2)
                .kill("w1")
                .at(33)
                .claim("w2", OTHER, 3, event -> event.suspect(true).size(2))
                .at(settled)
                .settle("w2", OTHER, 3, "completed")
                .at(second)
                .claim("w2", JOB, 4, event -> event.suspect(true).size(2))
                .settle("w2", JOB, 4, "completed")
                .end(OTHER, "completed")
                .end(JOB, "completed");
    }

    @Test
    void whileSomethingElseIsBrokenNobodyCounts() {
        holds(history()
                .enqueue(JOB)
                .claim("w1", JOB, 1)
                .kill("w1")
                .add("store", 1, Op.FAULT, Phase.INVOKE, event -> event.word("stop"))
                .at(100)
                .add("store", 1, Op.FAULT, Phase.OK, event -> event.word("stop"))
                .at(130)
                .claim("w2", JOB, 2)
                .settle("w2", JOB, 2, "completed")
                .end(JOB, "completed"));
    }

    @Test
    void leasesDoNotOverlapWhicheverIsHeardOfFirst() {
        breaks(
                Invariant.I5,
                history()
                        .enqueue(JOB)
                        .add("w1", 99, Op.CLAIM, Phase.INVOKE, event -> event.lasting(LEASE))
                        .claim("w2", JOB, 2)
                        .handedOut("w1", 99, JOB, 1, event -> event.until(2 * LEASE))
                        .settle("w2", JOB, 2, "completed")
                        .end(JOB, "completed"));
    }

    @Test
    void aTokenIsOfOneWorkerAndAClaimHandsOutAJobOnce() {
        breaks(
                Invariant.I4,
                history()
                        .enqueue(JOB)
                        .enqueue(OTHER)
                        .claim("w1", JOB, 1)
                        .claim("w2", OTHER, 1)
                        .settle("w1", JOB, 1, "completed")
                        .settle("w2", OTHER, 1, "completed")
                        .end(JOB, "completed")
                        .end(OTHER, "completed"));
    }

    // I7

    @Test
    void thereAreNoMoreAttemptsThanAllowed() {
        breaks(
                Invariant.I7,
                history()
                        .enqueue(JOB)
                        .claim("w1", JOB, 1, event -> event.attempt(4))
                        .settle("w1", JOB, 1, "completed")
                        .end(JOB, "completed"));
    }

    @Test
    void anAttemptThatCountsIsCounted() {
        breaks(
                Invariant.I7,
                history()
                        .enqueue(JOB)
                        .claim("w1", JOB, 1)
                        .settle("w1", JOB, 1, "retry")
                        .at(40)
                        .claim("w1", JOB, 2)
                        .settle("w1", JOB, 2, "release")
                        .byHand(Op.CANCEL, JOB, "done")
                        .end(JOB, "cancelled"));
        breaks(
                Invariant.I7,
                history()
                        .enqueue(JOB)
                        .claim("w1", JOB, 1)
                        .settle("w1", JOB, 1, "completed")
                        .end(JOB, "completed", event -> event.attempt(0)));
    }

    @Test
    void aJobThatNeverComesBackIsNotHandedOutForEver() {
        Told history = history().enqueue(JOB);
        for (int run = 0; run < 5; run++) {
            history.at(2 + 40 * run).claim("w" + run, JOB, run + 1, event -> event.suspect(true));
        }
        breaks(Invariant.I7, history.settle("w4", JOB, 5, "completed").end(JOB, "completed"));
    }

    @Test
    void aJobThatIsRescheduledIsNoSuspectAnyMore() {
        holds(threeCrashes("reschedule"));
        breaks(Invariant.I7, threeCrashes("reprioritise"));
    }

    /** One, then something by hand, then two, each after a run as a suspect that was not accused. */
    private static Told threeCrashes(String word) {
        return history()
                .enqueue(JOB)
                .claim("w1", JOB, 1, event -> event.suspect(true))
                .at(40)
                .claim("w2", JOB, 2, event -> event.suspect(true))
                .at(80)
                .amend(JOB, word)
                .claim("w3", JOB, 3, event -> event.suspect(true).priority(0).attempt(2))
                .at(120)
                .claim("w4", JOB, 4, event -> event.suspect(true).attempt(2))
                .at(160)
                .claim("w5", JOB, 5, event -> event.suspect(true).attempt(3))
                .end(JOB, "discarded", event -> event.crashes(3).attempt(3));
    }

    @Test
    void aWorkerHoldsSuspectsOfOneLeaseAtATime() {
        breaks(Invariant.I7, twoOfSuspects("w1"));
        holds(twoOfSuspects("w2"));
    }

    private static Told twoOfSuspects(String second) {
        return history()
                .enqueue(JOB)
                .enqueue(OTHER)
                .claim("w1", JOB, 1, event -> event.suspect(true).size(2))
                .claim(second, OTHER, 2, event -> event.suspect(true).size(2))
                .settle("w1", JOB, 1, "completed")
                .settle(second, OTHER, 2, "completed")
                .end(JOB, "completed")
                .end(OTHER, "completed");
    }

    @Test
    void aNeighbourIsNotCharged() {
        breaks(
                Invariant.I7,
                history()
                        .enqueue(JOB)
                        .claim("w1", JOB, 1, event -> event.suspect(true).size(2))
                        .at(40)
                        .claim("w2", JOB, 2, event -> event.suspect(true))
                        .settle("w2", JOB, 2, "completed")
                        .end(JOB, "completed", event -> event.crashes(1)));
    }

    @Test
    void aClaimThatNobodyHeardOfMayHaveHandedOutOneJobAlone() {
        holds(charged(history().enqueue(JOB).enqueue(OTHER), JOB));
        breaks(Invariant.I7, charged(history().enqueue(JOB).enqueue(OTHER), JOB, OTHER));
    }

    private static Told charged(Told history, long... jobs) {
        history.add("w3", 99, Op.CLAIM, Phase.INVOKE, event -> {}).add("w3", 99, Op.CLAIM, Phase.INFO, event -> {});
        for (long job : jobs) {
            history.claim("w1", job, job, event -> event.attempt(2)).settle("w1", job, job, "completed");
            history.end(job, "completed", event -> event.crashes(1).attempt(2));
        }
        if (jobs.length == 1) {
            history.claim("w1", OTHER, OTHER)
                    .settle("w1", OTHER, OTHER, "completed")
                    .end(OTHER, "completed");
        }
        return history;
    }

    @Test
    void onlyAJobThatRanAloneIsChargedForADeath() {
        Told history = history().enqueue(JOB);
        for (int crash = 0; crash < 3; crash++) {
            int attempt = crash + 1;
            history.at(40 * crash + 2)
                    .claim(
                            "w" + crash,
                            JOB,
                            crash + 1,
                            event -> event.suspect(true).attempt(attempt));
        }
        holds(history.end(JOB, "discarded", event -> event.crashes(3).attempt(3)));
    }

    @Test
    void aRunThatCostsNothingIsNotCounted() {
        breaks(
                Invariant.I7,
                history()
                        .enqueue(JOB)
                        .claim("w1", JOB, 1)
                        .settle("w1", JOB, 1, "release")
                        .claim("w1", JOB, 2)
                        .settle("w1", JOB, 2, "completed")
                        .end(JOB, "completed", event -> event.attempt(2)));
    }

    @Test
    void aJobIsDiscardedForAReason() {
        breaks(
                Invariant.I7,
                history().enqueue(JOB).claim("w1", JOB, 1).end(JOB, "discarded", event -> event.attempt(0)));
        holds(history()
                .enqueue(JOB)
                .claim("w1", JOB, 1)
                .settle("w1", JOB, 1, "discard")
                .end(JOB, "discarded"));
    }

    // I9

    @Test
    void nothingIsHandedOutBeforeItIsDue() {
        breaks(
                Invariant.I9,
                history()
                        .enqueue(JOB, event -> event.due(10 * SECOND))
                        .claim("w1", JOB, 1)
                        .settle("w1", JOB, 1, "completed")
                        .end(JOB, "completed"));
        holds(history()
                .enqueue(JOB, event -> event.due(10 * SECOND))
                .at(9.5)
                .claim("w1", JOB, 1)
                .settle("w1", JOB, 1, "completed")
                .end(JOB, "completed"));
    }

    @Test
    void aRetryWaitsAsLongAsItWasToldTo() {
        Told history = history().enqueue(JOB).claim("w1", JOB, 1).settle("w1", JOB, 1, "retry");
        breaks(
                Invariant.I9,
                history.claim("w1", JOB, 2, event -> event.attempt(2))
                        .settle("w1", JOB, 2, "completed")
                        .end(JOB, "completed", event -> event.attempt(2)));
    }

    @Test
    void aRetryByHandEndsTheWait() {
        holds(history()
                .enqueue(JOB)
                .claim("w1", JOB, 1)
                .settle("w1", JOB, 1, "retry")
                .byHand(Op.RETRY, JOB, "done")
                .claim("w1", JOB, 2, event -> event.attempt(2))
                .settle("w1", JOB, 2, "completed")
                .end(JOB, "completed", event -> event.attempt(2)));
    }

    // I10

    @Test
    void epochsOfAcceptedWritesDoNotFall() {
        breaks(Invariant.I10, history().lead("n1", 1).lead("n2", 2).lead("n1", 1));
        holds(history().lead("n1", 1).lead("n2", 2).lead("n2", 2));
    }

    @Test
    void anEpochHasOneLeader() {
        breaks(Invariant.I10, history().lead("n1", 1).lead("n2", 1));
    }

    // I11

    @Test
    void aKeyHasOneJob() {
        Told history = history();
        for (long job : new long[] {JOB, OTHER}) {
            history.enqueue(job, event -> event.key("order-1"))
                    .claim("w1", job, job)
                    .settle("w1", job, job, "completed")
                    .end(job, "completed");
        }
        breaks(Invariant.I11, history);
    }

    @Test
    void aLeaseOfTheStoresClockIsWhatCounts() {
        // The store's clock jumps ahead by a minute, so the lease is over although no time has passed here.
        holds(history()
                .enqueue(JOB)
                .claim("w1", JOB, 1)
                .claim("w2", JOB, 2, event -> event.until(100 * SECOND + LEASE))
                .settle("w2", JOB, 2, "completed")
                .end(JOB, "completed"));
    }
}
