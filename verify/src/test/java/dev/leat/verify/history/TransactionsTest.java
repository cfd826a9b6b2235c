package dev.leat.verify.history;

import static dev.leat.verify.history.Told.LEASE;
import static dev.leat.verify.history.Told.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Jobs that are completed in transactions of their handlers', with a row. */
class TransactionsTest {
    private static final long JOB = 7;
    private static final long OTHER = 8;

    /** Two jobs in lease 1, of which one got lease 2. */
    private static Told split() {
        return new Told()
                .enqueue(JOB)
                .enqueue(OTHER)
                .claim("w1", JOB, 1, event -> event.size(2))
                .handedOut("w1", 3, OTHER, 1, event -> event.size(2))
                .split("w1", JOB, 1, 2);
    }

    private static Told ended(Told history) {
        return history.settle("w1", OTHER, 1, "completed").end(OTHER, "completed");
    }

    private static void holds(Told history) {
        assertThat(history.verdict().violations()).isEmpty();
    }

    private static void breaks(Invariant invariant, Told history, String what) {
        assertThat(history.verdict().violations()).singleElement().satisfies(violation -> {
            assertThat(violation.invariant()).isEqualTo(invariant);
            assertThat(violation.sentence()).contains(what);
        });
    }

    @Test
    void aCompletionThatWasCommittedHasItsRow() {
        holds(ended(split().complete("w1", JOB, 2, Phase.OK))
                .end(JOB, "completed")
                .row(JOB));
        breaks(
                Invariant.I18,
                ended(split().complete("w1", JOB, 2, Phase.OK)).end(JOB, "completed"),
                "whose row is not there");
        breaks(
                Invariant.I18,
                ended(split().complete("w1", JOB, 2, Phase.OK))
                        .end(JOB, "completed")
                        .row(JOB)
                        .row(JOB),
                "has 2 rows");
    }

    @Test
    void whatWasCommittedIsAnAcceptedCompletion() {
        assertThat(ended(split().complete("w1", JOB, 2, Phase.OK))
                        .row(JOB)
                        .end(JOB, "cancelled")
                        .verdict()
                        .violations())
                .extracting(Violation::invariant)
                .contains(Invariant.I1);
        assertThat(ended(split().complete("w1", JOB, 2, Phase.OK))
                        .settle("w1", JOB, 2, "completed")
                        .end(JOB, "completed")
                        .row(JOB)
                        .verdict()
                        .violations())
                .extracting(Violation::invariant)
                .contains(Invariant.I3, Invariant.I4);
    }

    @Test
    void aTransactionThatWasRolledBackLeavesNothing() {
        holds(ended(split().complete("w1", JOB, 2, Phase.FAIL).settle("w1", JOB, 2, "discard"))
                .end(JOB, "discarded"));
        breaks(
                Invariant.I18,
                ended(split().complete("w1", JOB, 2, Phase.FAIL).settle("w1", JOB, 2, "discard"))
                        .end(JOB, "discarded")
                        .row(JOB),
                "no transaction was to complete it");
        breaks(
                Invariant.I3,
                ended(split().complete("w1", JOB, 2, Phase.FAIL)).end(JOB, "completed", event -> event.attempt(0)),
                "nobody completed it");
    }

    @Test
    void aTransactionOfWhichNobodyKnowsIsThereAsAWholeOrNotAtAll() {
        Told unknown = ended(split().complete("w1", JOB, 2, Phase.INFO)).end(JOB, "completed");
        breaks(Invariant.I18, unknown, "row of the transaction that did it is not there");
        holds(unknown.row(JOB));
        Told undone = ended(split().complete("w1", JOB, 2, Phase.INFO).settle("w1", JOB, 2, "discard"))
                .end(JOB, "discarded");
        holds(undone);
        breaks(Invariant.I18, undone.row(JOB), "has a row of its handler, and is discarded");
    }

    @Test
    void aRowIsOfTheTransactionThatCompletedItsJob() {
        breaks(
                Invariant.I18,
                ended(split().complete("w1", JOB, 2, Phase.INFO).settle("w1", JOB, 2, "completed"))
                        .end(JOB, "completed")
                        .row(JOB),
                "was completed without it");
        breaks(
                Invariant.I18,
                ended(split().settle("w1", JOB, 2, "completed"))
                        .end(JOB, "completed")
                        .row(JOB),
                "no transaction was to complete it");
        holds(ended(split().complete("w1", JOB, 2, Phase.INFO).settle("w1", JOB, 2, "completed"))
                .end(JOB, "completed"));
    }

    @Test
    void aJobThatHasALeaseOfItsOwnIsInNoOther() {
        breaks(
                Invariant.I4,
                ended(split().settle("w1", JOB, 1, "retry").settle("w1", JOB, 2, "completed", "accepted"))
                        .end(JOB, "completed", event -> event.attempt(2)),
                "was settled under token 1");
        breaks(
                Invariant.I4,
                ended(split().split("w1", JOB, 1, 3).settle("w1", JOB, 2, "completed"))
                        .end(JOB, "completed"),
                "which did not hold it");
        holds(ended(split().split("w1", JOB, 1, 0).settle("w1", JOB, 2, "completed"))
                .end(JOB, "completed"));
    }

    @Test
    void aLeaseOfItsOwnIsNewAndAsLong() {
        breaks(
                Invariant.I4,
                new Told()
                        .enqueue(JOB)
                        .claim("w1", JOB, 2)
                        .split("w1", JOB, 2, 2)
                        .settle("w1", JOB, 2, "completed")
                        .end(JOB, "completed"),
                "with token 2 from token 2");
        breaks(
                Invariant.I5,
                ended(split().claim("w2", JOB, 3).settle("w2", JOB, 3, "completed"))
                        .end(JOB, "completed"),
                "before its lease 2 ended");
        holds(ended(split().claim("w2", JOB, 3, event -> event.until(2 * LEASE + 10 * SECOND))
                        .settle("w2", JOB, 3, "completed"))
                .end(JOB, "completed"));
    }

    @Test
    void aSplitWithoutAnAnswerMayHaveTakenTheJobOutOfItsLease() {
        Told history = new Told()
                .enqueue(JOB)
                .enqueue(OTHER)
                .claim("w1", JOB, 1, event -> event.size(2))
                .handedOut("w1", 3, OTHER, 1, event -> event.size(2))
                .add("w1", 50, Op.SPLIT, Phase.INVOKE, event -> event.job(JOB).token(1))
                .add("w1", 50, Op.SPLIT, Phase.INFO, event -> event.job(JOB).token(1))
                .at(20)
                .renew("w1", 1, "held")
                .at(34)
                .claim("w2", JOB, 4, event -> event.until(34 * SECOND + LEASE));
        holds(ended(history.settle("w2", JOB, 4, "completed")).end(JOB, "completed"));
    }
}
