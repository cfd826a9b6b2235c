package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.LEASE;
import static dev.leat.testkit.Subject.LONGER_THAN_LEASE;
import static dev.leat.testkit.Subject.jobs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Renewed;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Asking again for a claim whose answer was lost hands out what it holds, and nothing new. */
abstract class ClaimAgainRules {
    private static final Outcome DONE = new Outcome.Completed(null);

    private final Subject store;

    ClaimAgainRules(Subject store) {
        this.store = store;
    }

    @Test
    void theSameLeasesComeAgain() {
        store.add(600);
        ClaimRequest request = claimed(600);
        List<Lease> leases = again(request);

        store.add(100);

        assertThat(again(request)).usingRecursiveFieldByFieldElementComparator().isEqualTo(leases);
    }

    @Test
    void theEndsDoNotMove() {
        store.add(10);
        ClaimRequest request = claimed(10);
        List<Instant> ends = again(request).stream().map(Lease::expiresAt).toList();

        store.clock.advance(LEASE.dividedBy(2));

        assertThat(again(request)).extracting(Lease::expiresAt).isEqualTo(ends);
    }

    @Test
    void anotherHandleGivesTheSameLeases() {
        store.add(10);
        ClaimRequest request = claimed(10);

        assertThat(sorted(store.other().claim(request))).isEqualTo(again(request));
    }

    @Test
    void anotherClaimIsNotAnswered() {
        store.add(10);
        claimed(10);

        assertThat(again(store.claiming(10).request())).isEmpty();
    }

    @Test
    void anEmptyClaimMayBeAskedAgain() {
        ClaimRequest request = store.claiming(10).request();
        assertThat(again(request)).isEmpty();
        store.add(10);

        List<Lease> leases = again(request);

        assertThat(again(request)).isEqualTo(leases);
    }

    @Test
    void settledJobsDoNotComeAgain() {
        store.add(20);
        ClaimRequest request = claimed(20);
        List<Lease> leases = again(request);
        List<JobId> settled = jobs(leases).subList(0, 15);
        for (Lease lease : leases) {
            for (JobId job : jobs(lease)) {
                if (settled.contains(job)) {
                    store.settle(lease, job, DONE);
                }
            }
        }
        store.add(20);

        List<Lease> rest = again(request);

        assertThat(jobs(rest)).hasSize(5).doesNotContainAnyElementsOf(settled).isSubsetOf(jobs(leases));
        assertThat(rest)
                .extracting(Lease::id)
                .isSubsetOf(leases.stream().map(Lease::id).toList());
        assertThat(rest).extracting(Lease::expiresAt).containsOnly(leases.get(0).expiresAt());
    }

    @Test
    void anEmptiedLeaseDoesNotComeAgain() {
        store.add(600);
        ClaimRequest request = claimed(600);
        List<Lease> leases = again(request);
        store.settle(leases.get(0), DONE);

        assertThat(again(request)).isEqualTo(leases.subList(1, leases.size()));
    }

    @Test
    void afterAllIsSettledNothingOldComesAgain() {
        store.add(20);
        ClaimRequest request = claimed(20);
        List<Lease> leases = again(request);
        store.settle(leases, DONE);
        store.add(20);

        List<Lease> fresh = again(request);

        assertThat(fresh).extracting(Lease::id).doesNotContainAnyElementsOf(ids(leases));
        assertThat(jobs(fresh)).doesNotContainAnyElementsOf(jobs(leases));
        assertThat(jobs(fresh).size() + jobs(store.drain(store.claiming(ALL))).size())
                .isEqualTo(20);
    }

    @Test
    void releasedJobsMayComeUnderNewLeasesOnly() {
        Lease lease = store.leased(5);
        store.settle(lease, new Outcome.Release());

        List<Lease> leases = store.drain(store.claiming(5));

        assertThat(jobs(leases)).containsExactlyInAnyOrderElementsOf(jobs(lease));
        assertThat(leases).allSatisfy(each -> assertThat(each.id()).isGreaterThan(lease.id()));
    }

    @Test
    void afterARenewalTheNewEndComes() {
        store.add(5);
        ClaimRequest request = claimed(5);
        List<Lease> leases = again(request);
        store.clock.advance(LEASE.dividedBy(2));
        Instant before = store.store().time();
        assertThat(store.store().renew(ids(leases), LEASE)).allMatch(Renewed::held);

        List<Lease> renewed = again(request);

        assertThat(ids(renewed)).isEqualTo(ids(leases));
        assertThat(renewed).allSatisfy(lease -> assertThat(lease.expiresAt()).isAfterOrEqualTo(before.plus(LEASE)));
    }

    @Test
    void aLeaseThatHasEndedComesAgainUntilItIsReclaimed() {
        store.add(5);
        ClaimRequest request = claimed(5);
        List<Lease> leases = again(request);

        store.clock.advance(LONGER_THAN_LEASE);

        assertThat(again(request)).isEqualTo(leases);
    }

    @Test
    void aReclaimedLeaseDoesNotComeAgain() {
        store.add(5);
        ClaimRequest request = claimed(5);
        List<Lease> leases = again(request);
        store.die();

        assertThat(again(request)).extracting(Lease::id).doesNotContainAnyElementsOf(ids(leases));
    }

    @Test
    void aLeaseOfSuspectsComesAgainAsSuch() {
        store.add(5);
        claimed(5);
        store.die();
        ClaimRequest request = store.claiming(5)
                .claimId(UUID.randomUUID())
                .worker(9)
                .suspects()
                .request();
        List<Lease> leases = again(request);

        assertThat(leases).isNotEmpty().extracting(Lease::suspect).containsOnly(true);
        assertThat(again(request)).isEqualTo(leases);
    }

    @Test
    void aClaimWithinATurnComesAgain() {
        Lease done = store.leased(1);
        store.add(5);
        ClaimRequest request = store.claiming(5)
                .claimId(UUID.randomUUID())
                .lease(Duration.ofMinutes(90))
                .request();
        Claimed claimed = store.store()
                .settleAndClaim(Subject.settlements(done, DONE), request)
                .claimed();
        assertThat(claimed.jobs()).isPositive();

        assertThat(again(request)).isEqualTo(sorted(claimed));
        assertThat(sorted(store.store().settleAndClaim(List.of(), request).claimed()))
                .isEqualTo(sorted(claimed));
    }

    /** A claim that was made, of that many jobs, whose answer is lost. */
    private ClaimRequest claimed(int max) {
        ClaimRequest request = store.claiming(max).claimId(UUID.randomUUID()).request();
        assertThat(store.store().claim(request).jobs()).isPositive();
        return request;
    }

    private List<Lease> again(ClaimRequest request) {
        return sorted(Subject.claim(store.store(), request));
    }

    private static List<Lease> sorted(Claimed claimed) {
        return claimed.leases().stream()
                .sorted(Comparator.comparing(Lease::id))
                .map(ClaimAgainRules::sorted)
                .toList();
    }

    private static Lease sorted(Lease lease) {
        return new Lease(
                lease.id(),
                lease.lane(),
                lease.priority(),
                lease.attempt(),
                lease.suspect(),
                lease.expiresAt(),
                lease.claims().stream()
                        .sorted(Comparator.comparing(claim -> claim.job()))
                        .toList());
    }

    private static List<LeaseId> ids(List<Lease> leases) {
        return leases.stream().map(Lease::id).toList();
    }
}
