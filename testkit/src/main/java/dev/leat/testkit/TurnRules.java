package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.jobs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled.Answer;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Turn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A turn is a settlement and then a claim, whether or not the store does both at once. */
abstract class TurnRules {
    private static final Outcome DONE = new Outcome.Completed(null);

    private final Subject store;

    TurnRules(Subject store) {
        this.store = store;
    }

    @Test
    void aTurnSettlesAndClaims() {
        Lease before = store.leased(10);
        List<NewJob> waiting = store.add(10);

        Turn turn = turn(Subject.settlements(before, DONE), store.claiming(10).request());

        assertThat(turn.settled()).isEqualTo(Subject.answers(Subject.settlements(before, DONE), Answer.ACCEPTED));
        store.assertState(jobs(before), JobState.COMPLETED);
        assertThat(jobs(turn.claimed().leases())).isNotEmpty().isSubsetOf(Subject.ids(waiting));
        store.settle(turn.claimed().leases(), DONE);
    }

    @Test
    void aWorkerThatOnlyTakesTurnsDoesAllTheWorkOnce() {
        doAllTheWorkOnce(64);
    }

    @Test
    void aWorkerThatOnlyTakesLargeTurnsDoesAllTheWorkOnce() {
        doAllTheWorkOnce(400);
    }

    private void doAllTheWorkOnce(int slots) {
        List<NewJob> added = store.add(1_000);
        List<Lease> all = new ArrayList<>();
        List<Lease> held = List.of();
        do {
            List<Settlement> settlements = Subject.settlements(held, new Outcome.Completed(Payload.json("\"done\"")));
            Turn turn = turn(settlements, store.claiming(slots).request());
            assertThat(turn.settled()).isEqualTo(Subject.answers(settlements, Answer.ACCEPTED));
            held = turn.claimed().leases();
            all.addAll(held);
        } while (!held.isEmpty());

        assertThat(jobs(all)).containsExactlyInAnyOrderElementsOf(Subject.ids(added));
        assertThat(store.die()).isEmpty();
        store.assertNothingToClaim();
    }

    @Test
    void everyOutcomeIsServedInATurn() {
        store.add(6);
        List<Lease> leases = store.drain(store.claiming(1));
        Failure why = Failure.of("no use");
        Duration hour = Duration.ofHours(1);
        List<Outcome> outcomes = List.of(
                new Outcome.Completed(Payload.json("1")),
                new Outcome.Retry(hour, why),
                new Outcome.Discard(why),
                new Outcome.Snooze(hour),
                new Outcome.Cancelled(why),
                new Outcome.Release());
        List<Settlement> settlements = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            settlements.addAll(Subject.settlements(leases.get(i), outcomes.get(i)));
        }

        Turn turn = turn(settlements, store.claiming(ALL).request());

        assertThat(turn.settled()).isEqualTo(Subject.answers(settlements, Answer.ACCEPTED));
        List<JobState> states = List.of(
                JobState.COMPLETED, JobState.RETRYABLE, JobState.DISCARDED, JobState.SCHEDULED, JobState.CANCELLED);
        for (int i = 0; i < 5; i++) {
            store.assertState(jobs(leases.get(i)), states.get(i));
        }
        List<Lease> again = new ArrayList<>(turn.claimed().leases());
        again.addAll(store.drain(store.claiming(ALL)));
        assertThat(jobs(again)).as("released").isEqualTo(jobs(leases.get(5)));
    }

    @Test
    void aTurnWithoutSettlementsIsAClaim() {
        NewJob job = store.addOne();

        Turn turn = turn(List.of(), store.claiming(1).request());

        assertThat(turn.settled()).isEmpty();
        assertThat(jobs(turn.claimed().leases())).containsExactly(job.id());
    }

    @Test
    void aTurnWithNothingToClaimIsASettlement() {
        Lease lease = store.leased(10);

        Turn turn = turn(Subject.settlements(lease, DONE), store.claiming(10).request());

        assertThat(turn.claimed()).isEqualTo(Claimed.NOTHING);
        store.assertState(jobs(lease), JobState.COMPLETED);
    }

    @Test
    void staleSettlementsDoNotKeepATurnFromItsClaim() {
        Lease stale = store.leased(3);
        store.settle(stale, DONE);
        NewJob job = store.addOne();
        List<Settlement> settlements = Subject.settlements(stale, new Outcome.Release());

        Turn turn = turn(settlements, store.claiming(10).request());

        assertThat(turn.settled()).isEqualTo(Subject.answers(settlements, Answer.STALE_LEASE));
        assertThat(jobs(turn.claimed().leases())).containsExactly(job.id());
    }

    @Test
    void aTurnAskedAgainGivesTheSameLeasesAndSettlesNothingTwice() {
        Lease before = store.leased(5);
        store.add(5);
        List<Settlement> settlements = Subject.settlements(before, DONE);
        ClaimRequest request = store.claiming(5).claimId(UUID.randomUUID()).request();
        Turn first = turn(settlements, request);
        store.add(5);

        Turn second = turn(settlements, request);

        assertThat(second.settled()).isEqualTo(Subject.answers(settlements, Answer.STALE_LEASE));
        assertThat(second.claimed().leases())
                .usingRecursiveComparison()
                .ignoringCollectionOrder()
                .isEqualTo(first.claimed().leases());
    }

    @Test
    void aTurnMayHandOutSuspects() {
        Lease dead = store.leased(5);
        store.die();

        assertThat(turn(List.of(), store.claiming(ALL).request()).claimed()).isEqualTo(Claimed.NOTHING);
        Turn turn = turn(List.of(), store.claiming(ALL).suspects().request());

        assertThat(turn.claimed().leases()).isNotEmpty().allMatch(Lease::suspect);
        assertThat(jobs(turn.claimed().leases())).isSubsetOf(jobs(dead));
    }

    private Turn turn(List<Settlement> settlements, ClaimRequest request) {
        Turn turn = store.store().settleAndClaim(settlements, request);
        Subject.checkPromises(request, turn.claimed());
        return turn;
    }
}
