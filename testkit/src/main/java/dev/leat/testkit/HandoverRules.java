package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.LANE;
import static dev.leat.testkit.Subject.LEASE;
import static dev.leat.testkit.Subject.job;
import static dev.leat.testkit.Subject.jobs;
import static dev.leat.testkit.Subject.settlements;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.leat.api.ContentType;
import dev.leat.api.Payload;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Handover;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled.Answer;
import dev.leat.api.store.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A job that is handed out in the commit which stores it, or else is as any other. */
abstract class HandoverRules {
    private final Subject store;

    HandoverRules(Subject store) {
        this.store = store;
    }

    private Handover handedOver(NewJob job) {
        return store.store().enqueueAndClaim(job, store.claiming(1).request());
    }

    /** The lease of a job that is handed over, by a store that does that. */
    private Lease lease(Handover handover) {
        @Nullable Lease lease = handover.lease();
        assumeThat(lease).as("the store hands jobs over").isNotNull();
        return Objects.requireNonNull(lease);
    }

    @Test
    void aJobThatIsAcceptedIsHandedOutOrAvailable() {
        NewJob job = store.job().one();

        Handover handover = handedOver(job);

        assertThat(handover.enqueued()).isEqualTo(new Enqueued.Accepted(job.id()));
        Lease lease = handover.lease();
        if (lease == null) {
            assertThat(store.drained(store.claiming(ALL))).containsExactly(job.id());
        } else {
            assertThat(jobs(lease)).containsExactly(job.id());
            store.assertNothingToClaim();
        }
    }

    @Test
    void theLeaseSaysWhatItHolds() {
        NewJob job = store.job().priority(2).maxAttempts(3).one();

        Instant before = store.store().time();
        Lease lease = lease(handedOver(job));
        Instant after = store.store().time();

        assertThat(lease.lane()).isEqualTo(LANE);
        assertThat(lease.priority()).isEqualTo(2);
        assertThat(lease.attempt()).isEqualTo(1);
        assertThat(lease.suspect()).isFalse();
        assertThat(lease.expiresAt()).isBetween(before.plus(LEASE), after.plus(LEASE));
        assertThat(lease.claims()).containsExactly(new Claim(job.id(), job.payload(), 3));
    }

    @Test
    void othersThatWaitStayWhereTheyAre() {
        List<NewJob> waiting = store.add(3);

        handedOver(store.job().priority(0).one());

        assertThat(store.drained(store.claiming(ALL))).containsAll(Subject.ids(waiting));
    }

    @Test
    void aJobThatIsKnownIsAnsweredAsByEnqueue() {
        NewJob job = store.addOne();
        NewJob other = new NewJob(
                job.id(),
                job.nonce(),
                job.lane(),
                Payload.of(new byte[] {7}, ContentType.BYTES),
                job.priority(),
                job.maxAttempts(),
                job.due(),
                null);

        assertThat(handedOver(job)).isEqualTo(new Handover(new Enqueued.Duplicate(job.id()), null));
        assertThat(handedOver(other)).isEqualTo(new Handover(new Enqueued.Clash(job.id()), null));

        assertThat(store.drained(store.claiming(ALL))).containsExactly(job.id());
        assertThat(handedOver(job)).isEqualTo(new Handover(new Enqueued.Duplicate(job.id()), null));
    }

    @Test
    void aJobThatIsNotDueOnlyWaits() {
        store.assumeHas(Capability.DELAY);
        NewJob job = store.job().due(Due.after(Duration.ofHours(1))).one();

        assertThat(handedOver(job)).isEqualTo(new Handover(new Enqueued.Accepted(job.id()), null));
        store.assertNothingToClaim();
    }

    @Test
    void aUniqueJobTakesItsKeyAndWaits() {
        store.assumeHas(Capability.UNIQUE_KEY);
        NewJob job = store.job().unique(UniqueKey.untilEnded("key")).one();
        NewJob second = store.job().unique(UniqueKey.untilEnded("key")).one();

        assertThat(handedOver(job)).isEqualTo(new Handover(new Enqueued.Accepted(job.id()), null));
        assertThat(handedOver(second)).isEqualTo(new Handover(new Enqueued.Held(second.id(), job.id()), null));
        assertThat(store.drained(store.claiming(ALL))).containsExactly(job.id());
    }

    /** As after a lost answer. */
    @Test
    void theLeaseIsHandedOutAgainByItsRequest() {
        NewJob job = store.job().one();
        ClaimRequest request = store.claiming(1).request();
        Lease lease = lease(store.store().enqueueAndClaim(job, request));
        store.addOne();

        assertThat(store.store().enqueue(List.of(job))).containsExactly(new Enqueued.Duplicate(job.id()));
        assertThat(Subject.claim(store.other(), request).leases()).containsExactly(lease);
    }

    /** Which is not asked for, but nothing that is accepted may be lost. */
    @Test
    void aRequestThatWasSentBeforeHandsOutNothingNew() {
        ClaimRequest request = store.claiming(1).request();
        Lease lease = lease(store.store().enqueueAndClaim(store.job().one(), request));
        NewJob second = store.job().one();

        assertThat(store.store().enqueueAndClaim(second, request))
                .isEqualTo(new Handover(new Enqueued.Accepted(second.id()), null));
        assertThat(store.drained(store.claiming(ALL))).containsExactly(second.id());
        assertThat(Subject.claim(store.store(), request).leases()).containsExactly(lease);
    }

    @Test
    void itsTokenIsAboveThoseBefore() {
        LeaseId before = store.leased(1).id();
        Lease lease = lease(handedOver(store.job().one()));
        LeaseId after = store.leased(1).id();

        assertThat(lease.id()).isGreaterThan(before);
        assertThat(after).isGreaterThan(lease.id());
    }

    @Test
    void itIsSettledAsAnyOther() {
        Lease lease = lease(handedOver(store.job().one()));
        JobStore handle = store.other();

        assertThat(handle.settle(settlements(lease, new Outcome.Completed(null)))
                        .getFirst()
                        .answer())
                .isEqualTo(Answer.ACCEPTED);
        assertThat(handle.settle(settlements(lease, new Outcome.Completed(null)))
                        .getFirst()
                        .answer())
                .isEqualTo(Answer.STALE_LEASE);

        Lease retried = lease(handedOver(store.job().one()));
        handle.settle(settlements(retried, new Outcome.Retry(LEASE, Failure.of("try later"))));
        store.clock.advance(LEASE.multipliedBy(2));
        handle.promote(ALL);
        Lease second = store.claimOne();
        assertThat(job(second)).isEqualTo(job(retried));
        assertThat(second.attempt()).isEqualTo(2);

        Lease released = lease(handedOver(store.job().one()));
        handle.settle(settlements(released, new Outcome.Release()));
        assertThat(store.drained(store.claiming(ALL))).containsExactly(job(released));
    }

    @Test
    void itsWorkerMayRenewItAndMayDie() {
        Lease lease = lease(handedOver(store.job().one()));
        store.clock.advance(LEASE.dividedBy(2));
        assertThat(store.store().renew(List.of(lease.id()), LEASE).getFirst().held())
                .isTrue();
        store.clock.advance(LEASE.dividedBy(2).plusSeconds(1));
        assertThat(store.store().reclaim(ALL).total()).isZero();

        store.clock.advance(LEASE);
        assertThat(store.store().reclaim(ALL).total()).isEqualTo(1);
        Lease suspect = store.claimOne(store.claiming(1).suspects());
        assertThat(suspect.suspect()).isTrue();
        assertThat(job(suspect)).isEqualTo(job(lease));
        assertThat(store.store()
                        .settle(settlements(lease, new Outcome.Completed(null)))
                        .getFirst()
                        .answer())
                .isEqualTo(Answer.STALE_LEASE);
    }
}
