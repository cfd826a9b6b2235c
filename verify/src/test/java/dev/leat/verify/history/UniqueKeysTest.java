package dev.leat.verify.history;

import static dev.leat.verify.history.Told.LEASE;
import static dev.leat.verify.history.Told.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Who may have a unique key, and who not. */
class UniqueKeysTest {
    private static final long JOB = 7;
    private static final long OTHER = 8;
    private static final long THIRD = 9;
    private static final String KEY = "order-1";

    private static Told enqueued(long job) {
        return with(new Told(), job, 0);
    }

    private static Told with(Told history, long job, long seconds) {
        return history.enqueue(job, event -> event.uniqueKey(KEY).lasting(seconds * SECOND));
    }

    private static Told completed(Told history, long job) {
        return history.claim("w1", job, job).settle("w1", job, job, "completed").end(job, "completed");
    }

    private static void holds(Told history) {
        assertThat(history.verdict().violations()).isEmpty();
    }

    private static void breaks(Told history, String what) {
        assertThat(history.verdict().violations()).singleElement().satisfies(violation -> {
            assertThat(violation.invariant()).isEqualTo(Invariant.I11);
            assertThat(violation.sentence()).contains(what);
        });
    }

    @Test
    void aKeyGoesFromOneThatHasEndedToTheNext() {
        holds(completed(with(completed(enqueued(JOB), JOB), OTHER, 0), OTHER));
    }

    @Test
    void whoeverWasHandedOutAfterAnotherTookItsKeyHeldItMeanwhile() {
        breaks(
                completed(completed(with(enqueued(JOB), OTHER, 0), JOB), OTHER),
                "which 0000000000007 held before and after");
    }

    @Test
    void whoeverWasSettledAfterAnotherTookItsKeyHeldItMeanwhile() {
        breaks(
                completed(
                        with(enqueued(JOB).claim("w1", JOB, 1), OTHER, 0)
                                .settle("w1", JOB, 1, "completed")
                                .end(JOB, "completed"),
                        OTHER),
                "which 0000000000007 held before and after");
    }

    @Test
    void whoeverWasCancelledAfterAnotherTookItsKeyHeldItMeanwhile() {
        breaks(
                completed(
                        with(enqueued(JOB), OTHER, 0)
                                .byHand(Op.CANCEL, JOB, "done")
                                .end(JOB, "cancelled", event -> event.attempt(0)),
                        OTHER),
                "which 0000000000007 held before and after");
    }

    @Test
    void whoeverIsRetriedByHandMayRunWithoutTheKeyThatWasTakenSince() {
        holds(completed(
                with(enqueued(JOB).byHand(Op.CANCEL, JOB, "done"), OTHER, 0)
                        .byHand(Op.RETRY, JOB, "done")
                        .claim("w1", JOB, JOB)
                        .settle("w1", JOB, JOB, "completed")
                        .end(JOB, "completed"),
                OTHER));
    }

    @Test
    void keysOfTwoLanesAreTwo() {
        Told history = new Told();
        for (String kind : new String[] {"send", "fetch"}) {
            history.enqueue(
                    kind.length(), event -> event.lane("main", "mail", kind).uniqueKey(KEY));
        }
        for (String kind : new String[] {"send", "fetch"}) {
            long job = kind.length();
            history.claim("w1", job, job, event -> event.lane("main", "mail", kind))
                    .settle("w1", job, job, "completed")
                    .end(job, "completed");
        }
        holds(history);
    }

    @Test
    void twoThatWereAskedForAtTheSameTimeMayBeAcceptedInAnyOrder() {
        holds(completed(
                enqueued(JOB)
                        .claim("w1", JOB, 1)
                        .add(
                                "p2",
                                100,
                                Op.ENQUEUE,
                                Phase.INVOKE,
                                event -> event.job(OTHER)
                                        .lane("main", "mail", "send")
                                        .sha256(Told.SHA)
                                        .maxAttempts(3)
                                        .uniqueKey(KEY))
                        .settle("w1", JOB, 1, "completed")
                        .end(JOB, "completed")
                        .add(
                                "p2",
                                100,
                                Op.ENQUEUE,
                                Phase.OK,
                                event -> event.job(OTHER).word("accepted")),
                OTHER));
    }

    @Test
    void whatIsHeldIsNotStored() {
        holds(completed(enqueued(JOB).held(OTHER, KEY, JOB), JOB));
        assertThat(completed(enqueued(JOB).held(OTHER, KEY, JOB), JOB)
                        .end(OTHER, "available")
                        .verdict()
                        .violations())
                .extracting(Violation::invariant)
                .containsOnly(Invariant.I2);
        assertThat(completed(enqueued(JOB).held(OTHER, KEY, JOB), JOB)
                        .claim("w2", OTHER, 9)
                        .verdict()
                        .violations())
                .extracting(Violation::invariant)
                .contains(Invariant.I2);
    }

    @Test
    void whatWasHeldMayBeAcceptedLater() {
        holds(completed(with(completed(enqueued(JOB).held(OTHER, KEY, JOB), JOB), OTHER, 0), OTHER));
    }

    @Test
    void whatHasEndedHoldsNothing() {
        breaks(completed(enqueued(JOB), JOB).held(OTHER, KEY, JOB), "which had been completed");
        breaks(
                enqueued(JOB)
                        .byHand(Op.CANCEL, JOB, "done")
                        .held(OTHER, KEY, JOB)
                        .end(JOB, "cancelled", event -> event.attempt(0)),
                "which had been cancelled");
    }

    @Test
    void whatWasNeverStoredHoldsNothing() {
        breaks(new Told().held(OTHER, KEY, OTHER), "which cannot have its unique key");
        breaks(new Told().held(OTHER, KEY, JOB), "which cannot have its unique key");
        breaks(completed(new Told().enqueue(JOB), JOB).held(OTHER, KEY, JOB), "which cannot have its unique key");
        breaks(completed(enqueued(JOB), JOB).held(OTHER, "order-2", JOB), "which cannot have its unique key");
        breaks(
                new Told()
                        .add(
                                "p2",
                                100,
                                Op.ENQUEUE,
                                Phase.INVOKE,
                                event -> event.job(JOB)
                                        .lane("main", "mail", "send")
                                        .uniqueKey(KEY))
                        .add("p2", 100, Op.ENQUEUE, Phase.FAIL, event -> event.job(JOB))
                        .held(OTHER, KEY, JOB),
                "which cannot have its unique key");
    }

    @Test
    void whatMayBeStoredMayHoldItsKey() {
        holds(new Told()
                .add(
                        "p2",
                        100,
                        Op.ENQUEUE,
                        Phase.INVOKE,
                        event -> event.job(JOB).lane("main", "mail", "send").uniqueKey(KEY))
                .held(OTHER, KEY, JOB));
    }

    @Test
    void whoseKeyWasTakenHoldsItNoLonger() {
        breaks(
                completed(
                        with(completed(with(new Told(), JOB, 0), JOB), OTHER, 100)
                                .held(THIRD, KEY, JOB),
                        OTHER),
                "after which 0000000000008 had taken it");
    }

    @Test
    void aWindowIsHeldWhateverBecomesOfTheJob() {
        // Accepted in the first second: until 31 at least, by the store's clock, which this shows.
        Told history =
                completed(new Told().enqueue(THIRD).claim("w0", THIRD, 1), JOB).at(0);
        assertThat(history.events).isNotEmpty();
        breaks(completed(with(completed(with(dated(), JOB, 60), JOB), OTHER, 0), OTHER), "before the window of");
        holds(completed(with(completed(with(dated(), JOB, 2), JOB).at(20), OTHER, 0), OTHER));
    }

    /** A job was handed out, so that the time of the store is known from then on. */
    private static Told dated() {
        return new Told()
                .enqueue(THIRD)
                .claim("w0", THIRD, 1)
                .settle("w0", THIRD, 1, "completed")
                .end(THIRD, "completed");
    }

    @Test
    void aWindowThatIsOverHoldsNothing() {
        Told over = completed(with(dated(), JOB, 2), JOB).at(40);
        breaks(completed(over.enqueue(10), 10).held(OTHER, KEY, JOB), "whose window was over");
        holds(completed(with(dated(), JOB, 60), JOB).held(OTHER, KEY, JOB));
    }

    @Test
    void ofAWindowNobodyKnowsHowLongItIsUntilTheStoreTellsTheTime() {
        holds(completed(with(completed(with(new Told(), JOB, 60), JOB), OTHER, 0), OTHER));
    }

    @Test
    void whoShowsThatAKeyHasTwoHoldersIsToldWithBoth() {
        Told history = completed(completed(with(enqueued(JOB), OTHER, 0), JOB), OTHER)
                .enqueue(THIRD)
                .claim("w1", THIRD, 20, event -> event.until(200 * SECOND + LEASE))
                .settle("w1", THIRD, 20, "completed")
                .end(THIRD, "completed");
        Violation violation = history.verdict().violations().getFirst();

        assertThat(MinimalHistory.of(history.events::forEach, violation, Told.SLACK))
                .extracting(Event::job)
                .containsOnly(JOB, OTHER);
    }
}
