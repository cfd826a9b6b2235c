package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.LEASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A caller's slip is refused as such, with nothing changed. */
abstract class ArgumentRules {
    private static final Outcome DONE = new Outcome.Completed(null);

    private final Subject store;

    ArgumentRules(Subject store) {
        this.store = store;
    }

    @Test
    void moreJobsThanOneCallMayHoldAreRefused() {
        List<NewJob> jobs = store.job().times(JobStore.BATCH_JOBS + 1);

        assertSlip(() -> store.store().enqueue(jobs));

        store.assertNothingToClaim();
        store.add(jobs.subList(0, 1));
    }

    @Test
    void moreSettlementsThanOneCallMayHoldAreRefused() {
        Lease lease = store.leased(1);
        List<Settlement> settlements = new ArrayList<>(
                Collections.nCopies(JobStore.BATCH_JOBS + 1, new Settlement(lease.id(), Subject.job(lease), DONE)));

        assertSlip(() -> store.store().settle(settlements));

        store.settle(lease, DONE);
    }

    @Test
    void aTurnWithTooManySettlementsIsRefusedWhole() {
        Lease lease = store.leased(1);
        NewJob waiting = store.addOne();
        List<Settlement> settlements = new ArrayList<>(
                Collections.nCopies(JobStore.BATCH_JOBS + 1, new Settlement(lease.id(), Subject.job(lease), DONE)));

        assertSlip(() ->
                store.store().settleAndClaim(settlements, store.claiming(1).request()));

        store.settle(lease, DONE);
        assertThat(store.drained(store.claiming(ALL))).containsExactly(waiting.id());
    }

    @Test
    void leasesTooShortOrTooLongAreRefused() {
        Lease lease = store.leased(1);
        for (Duration wrong : List.of(
                Duration.ZERO,
                Duration.ofMillis(-1),
                ClaimRequest.SHORTEST_LEASE.minusNanos(1),
                ClaimRequest.LONGEST_LEASE.plusNanos(1),
                Duration.ofSeconds(Long.MAX_VALUE))) {
            assertSlip(() -> store.store().renew(List.of(lease.id()), wrong));
        }

        store.clock.advance(LEASE.dividedBy(2));
        assertThat(store.reclaimAll()).isEmpty();
        store.clock.advance(LEASE);
        assertThat(store.reclaimAll()).as("the lease ends when it would have").isNotEmpty();
    }

    @Test
    void promotionsOfTooFewOrTooManyAreRefused() {
        store.assumeHas(Capability.DELAY);
        store.add(store.job().due(Due.after(LEASE)).one());
        store.clock.advance(LEASE.multipliedBy(2));

        for (int wrong : new int[] {0, -1, Integer.MIN_VALUE, JobStore.BATCH_JOBS + 1, Integer.MAX_VALUE}) {
            assertSlip(() -> store.store().promote(wrong));
        }

        assertThat(store.promoteAll()).isEqualTo(1);
    }

    @Test
    void reclaimsOfTooFewOrTooManyAreRefused() {
        store.leased(1);
        store.clock.advance(LEASE.multipliedBy(2));

        for (int wrong : new int[] {0, -1, Integer.MIN_VALUE, JobStore.BATCH_JOBS + 1, Integer.MAX_VALUE}) {
            assertSlip(() -> store.store().reclaim(wrong));
        }

        assertThat(Subject.total(store.reclaimAll())).isEqualTo(1);
    }

    @Test
    void theGreatestBoundsAreAllowed() {
        assertThat(store.store().promote(JobStore.BATCH_JOBS).total()).isZero();
        assertThat(store.store().reclaim(JobStore.BATCH_JOBS).total()).isZero();
        assertThat(store.claim(store.claiming(ClaimRequest.MOST_JOBS).bytes(Long.MAX_VALUE))
                        .jobs())
                .isZero();
    }

    private static void assertSlip(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class);
    }
}
