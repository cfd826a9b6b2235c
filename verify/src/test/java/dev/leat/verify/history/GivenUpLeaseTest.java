package dev.leat.verify.history;

import static dev.leat.verify.history.Told.LEASE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A worker may take suspects while it holds none: a lease that it could not renew within 20 of its 30 s it has given up. */
class GivenUpLeaseTest {
    private static final long JOB = 7;
    private static final long OTHER = 8;

    @Test
    void aLeaseWhoseRenewalIsAnsweredInTimeIsHeld() {
        assertThat(broken(renewed(20, 21))).containsExactly(Invariant.I7);
    }

    @Test
    void aLeaseWhoseRenewalIsAnsweredTooLateIsGivenUp() {
        assertThat(broken(renewed(20, 23))).isEmpty();
    }

    @Test
    void aRenewalThatIsMadeOnceMoreIsNotHeardOf() {
        Told renewed = renewed(12, 14).renew("w1", 1, "held");
        assertThat(brokenAt(31, renewed, 1)).containsExactly(Invariant.I7);
        assertThat(brokenAt(33, renewed(12, 14).renew("w1", 1, "held"), 1)).isEmpty();
    }

    @Test
    void aLeaseThatWasHandedOutLateAndConfirmedIsHeld() {
        assertThat(broken(handedOutAt(24).renew("w1", 1, "held"))).containsExactly(Invariant.I7);
    }

    @Test
    void aLeaseThatWasHandedOutLateAndNotConfirmedIsGivenUp() {
        assertThat(broken(handedOutAt(24))).isEmpty();
    }

    @Test
    void aLeaseOfWhichNobodyKnowsWhetherItsJobWasCompletedIsGivenUp() {
        Told held = handedOutAt(1.5).split("w1", JOB, 1, 3);
        assertThat(brokenAt(10, held, 3)).containsExactly(Invariant.I7);
        Told unknown = handedOutAt(1.5).split("w1", JOB, 1, 3).complete("w1", JOB, 3, Phase.FAIL);
        assertThat(brokenAt(10, unknown, 3)).isEmpty();
    }

    private static List<Invariant> broken(Told history) {
        return brokenAt(26, history, 1);
    }

    private static List<Invariant> brokenAt(double second, Told history, long token) {
        return history
                .at(second)
                .claim("w1", OTHER, 2, event -> event.suspect(true).size(2))
                .settle("w1", OTHER, 2, "completed")
                .settle("w1", JOB, token, "completed")
                .end(JOB, "completed")
                .end(OTHER, "completed")
                .verdict()
                .violations()
                .stream()
                .map(Violation::invariant)
                .toList();
    }

    /** The second when the first lease, asked for at second 1, was renewed. */
    private static Told renewed(double asked, double answered) {
        return handedOutAt(1.5)
                .at(asked)
                .add("w1", 77, Op.RENEW, Phase.INVOKE, event -> event.token(1).lasting(LEASE))
                .at(answered)
                .add("w1", 77, Op.RENEW, Phase.OK, event -> event.token(1).word("held"));
    }

    private static Told handedOutAt(double second) {
        return new Told()
                .enqueue(JOB)
                .enqueue(OTHER)
                .add("w1", 99, Op.CLAIM, Phase.INVOKE, event -> event.lasting(LEASE))
                .at(second)
                .handedOut("w1", 99, JOB, 1, event -> event.suspect(true).size(2));
    }
}
