package dev.leat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Capabilities.Grade;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Claimed.Left;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Promoted;
import dev.leat.api.store.Reclaimed;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The store under test with its clock, and the short forms in which the rules speak to it. What every claim promises is
 * checked at each one, whatever it was made for.
 */
final class Subject {
    static final Lane LANE = lane("main", "mail", "welcome");
    static final Lane SAME_QUEUE = lane("main", "mail", "invoice");
    static final Lane OTHER_QUEUE = lane("main", "video", "welcome");
    static final Lane OTHER_TENANT = lane("acme", "mail", "welcome");

    /** Long enough that no test takes as long in real time, so that only {@link StoreClock#advance} ends a lease. */
    static final Duration LEASE = Duration.ofHours(1);

    static final Duration LONGER_THAN_LEASE = LEASE.multipliedBy(2);

    static final int ALL = ClaimRequest.MOST_JOBS;

    private static final int MOST_ROUNDS = 100_000;

    StoreClock clock = new StoreClock();
    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicInteger workers = new AtomicInteger(100);
    private final long second = clock.instant().getEpochSecond() - JobId.EPOCH_SECOND;
    private final List<JobStore> opened = new ArrayList<>();
    private Callable<JobStore> another = () -> {
        throw new IllegalStateException("not opened");
    };
    private @Nullable JobStore other;

    static Lane lane(String tenant, String queue, String kind) {
        return new Lane(new TenantName(tenant), new QueueName(queue), new KindName(kind));
    }

    /** A new clock for a new store: one that was closed may still follow the old. */
    StoreClock newClock() {
        clock = new StoreClock();
        return clock;
    }

    void open(JobStore store, Callable<JobStore> another) {
        opened.add(store);
        this.another = another;
    }

    void close() {
        opened.forEach(JobStore::close);
        opened.clear();
        other = null;
    }

    JobStore store() {
        return opened.get(0);
    }

    /** A second handle to the same data. */
    synchronized JobStore other() {
        if (other == null) {
            try {
                other = another.call();
            } catch (Exception e) {
                throw new IllegalStateException("the store opens, but not a second time", e);
            }
            opened.add(other);
        }
        return other;
    }

    // Jobs.

    JobDraft job() {
        return new JobDraft(second, ids);
    }

    NewJob add(NewJob job) {
        return add(List.of(job)).get(0);
    }

    /** Enqueues jobs that nothing speaks against. */
    List<NewJob> add(List<NewJob> jobs) {
        assertThat(store().enqueue(jobs)).isEqualTo(accepted(jobs));
        return jobs;
    }

    NewJob addOne() {
        return add(job().one());
    }

    List<NewJob> add(int n) {
        return add(job().times(n));
    }

    static List<Enqueued> accepted(List<NewJob> jobs) {
        return jobs.stream()
                .<Enqueued>map(job -> new Enqueued.Accepted(job.id()))
                .toList();
    }

    static List<JobId> ids(Collection<NewJob> jobs) {
        return jobs.stream().map(NewJob::id).toList();
    }

    // Claims.

    ClaimDraft claiming(int max) {
        return new ClaimDraft(() -> workers.getAndIncrement() % JobId.MAX_NODE).max(max);
    }

    Claimed claim(ClaimDraft draft) {
        return claim(store(), draft.request());
    }

    static Claimed claim(JobStore store, ClaimRequest request) {
        Claimed claimed = store.claim(request);
        checkPromises(request, claimed);
        return claimed;
    }

    /** What every claim promises. */
    static void checkPromises(ClaimRequest request, Claimed claimed) {
        List<Lease> leases = claimed.leases();
        assertThat(claimed.jobs()).as("jobs handed out").isLessThanOrEqualTo(request.maxJobs());
        long bytes = claims(leases).stream()
                .mapToLong(claim -> claim.payload().size())
                .sum();
        assertThat(bytes <= request.maxBytes() || claimed.jobs() == 1)
                .as("%d bytes in %d jobs fit %d", bytes, claimed.jobs(), request.maxBytes())
                .isTrue();
        assertThat(jobs(leases)).as("jobs of one claim").doesNotHaveDuplicates();
        assertThat(leases).extracting(Lease::id).doesNotHaveDuplicates();
        for (int i = 0; i < leases.size(); i++) {
            Lease lease = leases.get(i);
            assertThat(lease.lane()).as("a lane asked for").isIn(request.lanes());
            assertThat(lease.attempt()).isPositive();
            assertThat(jobs(lease)).as("jobs of a lease").isSorted();
            assertThat(lease.claims())
                    .hasSizeBetween(1, lease.suspect() ? JobStore.SUSPECTS_TOGETHER : JobStore.LEASE_JOBS);
            assertThat(!lease.suspect() || (request.suspects() && i == 0))
                    .as("suspects only if allowed, in one lease, the first")
                    .isTrue();
        }
    }

    /** Claims until nothing is left, as a lone worker that settles nothing would. */
    List<Lease> drain(ClaimDraft draft) {
        List<Lease> leases = new ArrayList<>();
        Left left = Left.MORE;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Claimed claimed = claim(draft);
            List<Lease> more = claimed.leases();
            assertThat(left == Left.NOTHING && !more.isEmpty())
                    .as("jobs where none were left")
                    .isFalse();
            left = claimed.left();
            if (more.isEmpty()) {
                assertThat(jobs(leases)).as("each job is handed out once").doesNotHaveDuplicates();
                assertThat(leases).extracting(Lease::id).doesNotHaveDuplicates();
                return leases;
            }
            leases.addAll(more);
        }
        throw new AssertionError("claims never end");
    }

    /** The jobs in the order in which a lone worker gets them that takes so many at a time. */
    List<JobId> drained(ClaimDraft draft) {
        return jobs(drain(draft));
    }

    void assertNothingToClaim(Lane... lanes) {
        assertThat(claim(claiming(ALL).lanes(lanes.length == 0 ? new Lane[] {LANE} : lanes))
                        .leases())
                .isEmpty();
    }

    /** The lease of the next job. */
    Lease claimOne() {
        return claimOne(claiming(1));
    }

    Lease claimOne(ClaimDraft draft) {
        List<Lease> leases = claim(draft.max(1)).leases();
        assertThat(leases).as("leases for a claim of one job").hasSize(1);
        return leases.get(0);
    }

    /** Adds that many jobs and claims them in one lease. */
    Lease leased(int n) {
        return leased(add(n));
    }

    Lease leased(List<NewJob> added) {
        List<Lease> leases = drain(claiming(added.size()).lanes(added.get(0).lane()));
        assertThat(jobs(leases)).containsExactlyInAnyOrderElementsOf(ids(added));
        assumeTrue(leases.size() == 1, "the store hands out jobs enqueued together in one lease");
        return leases.get(0);
    }

    static List<Claim> claims(Collection<Lease> leases) {
        return leases.stream().flatMap(lease -> lease.claims().stream()).toList();
    }

    static List<JobId> jobs(Collection<Lease> leases) {
        return claims(leases).stream().map(Claim::job).toList();
    }

    static List<JobId> jobs(Lease lease) {
        return jobs(List.of(lease));
    }

    /** The job of a lease that has one. */
    static JobId job(Lease lease) {
        assertThat(lease.claims()).hasSize(1);
        return lease.claims().get(0).job();
    }

    // Settlements.

    static List<Settlement> settlements(Lease lease, Outcome outcome) {
        return jobs(lease).stream()
                .map(job -> new Settlement(lease.id(), job, outcome))
                .toList();
    }

    static List<Settlement> settlements(Collection<Lease> leases, Outcome outcome) {
        return leases.stream()
                .flatMap(lease -> settlements(lease, outcome).stream())
                .toList();
    }

    /** Settles every job of a lease that holds them. */
    void settle(Lease lease, Outcome outcome) {
        settle(List.of(lease), outcome);
    }

    void settle(Collection<Lease> leases, Outcome outcome) {
        List<Settlement> settlements = settlements(leases, outcome);
        assertThat(store().settle(settlements)).isEqualTo(answers(settlements, Settled.Answer.ACCEPTED));
    }

    void settle(Lease lease, JobId job, Outcome outcome) {
        assertThat(answer(lease, job, outcome)).isEqualTo(Settled.Answer.ACCEPTED);
    }

    Settled.Answer answer(Lease lease, JobId job, Outcome outcome) {
        List<Settled> settled = store().settle(List.of(new Settlement(lease.id(), job, outcome)));
        assertThat(settled).hasSize(1);
        return settled.get(0).answer();
    }

    /** Settles every job of a lease that no longer holds any. */
    void assertStale(Lease lease, Outcome outcome) {
        List<Settlement> settlements = settlements(lease, outcome);
        assertThat(store().settle(settlements)).isEqualTo(answers(settlements, Settled.Answer.STALE_LEASE));
    }

    static List<Settled> answers(List<Settlement> settlements, Settled.Answer answer) {
        return settlements.stream()
                .map(settlement -> new Settled(settlement.lease(), settlement.job(), answer))
                .toList();
    }

    // Time.

    /** Makes everything available whose time has come, and says how many jobs that were. */
    int promoteAll() {
        int total = 0;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Promoted promoted = store().promote(JobStore.BATCH_JOBS);
            total += promoted.total();
            if (promoted.total() < JobStore.BATCH_JOBS) {
                return total;
            }
        }
        throw new AssertionError("promotions never end");
    }

    /** Takes back everything that can be, and says what came back. */
    List<Reclaimed> reclaimAll() {
        List<Reclaimed> all = new ArrayList<>();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Reclaimed reclaimed = store().reclaim(JobStore.BATCH_JOBS);
            if (reclaimed.total() == 0) {
                return all;
            }
            all.add(reclaimed);
        }
        throw new AssertionError("reclaims never end");
    }

    /** All workers die: time passes until every lease has ended and its jobs are taken back. */
    List<Reclaimed> die() {
        clock.advance(LONGER_THAN_LEASE);
        return reclaimAll();
    }

    static int total(Collection<Reclaimed> reclaimed) {
        return reclaimed.stream().mapToInt(Reclaimed::total).sum();
    }

    static List<JobId> discarded(Collection<Reclaimed> reclaimed) {
        return reclaimed.stream()
                .flatMap(each -> each.discarded().keySet().stream())
                .toList();
    }

    // Capabilities.

    boolean has(Capability capability) {
        return store().capabilities().grade(capability) != Grade.ABSENT;
    }

    void assumeHas(Capability capability) {
        assumeTrue(has(capability), () -> "the store has " + capability.word());
    }

    /** Skips the test if jobs cannot be looked at. */
    Inspect inspect() {
        assumeHas(Capability.INSPECTION);
        return store().feature(Inspect.class).orElseThrow();
    }

    /** Skips the test if jobs cannot be changed by hand. */
    Operate operate() {
        assumeHas(Capability.OPERATION);
        return store().feature(Operate.class).orElseThrow();
    }

    /** Skips the test if jobs cannot be looked at. */
    JobRecord find(JobId id) {
        return inspect().find(LANE.tenant(), id).orElseThrow(() -> new AssertionError("no job " + id));
    }

    /** Compares states where jobs can be looked at. */
    void assertState(Collection<JobId> jobs, JobState state) {
        if (has(Capability.INSPECTION)) {
            Set<JobId> sample = new HashSet<>(jobs);
            assertThat(sample).allSatisfy(job -> assertThat(find(job).state()).isEqualTo(state));
        }
    }

    void assertState(JobId job, JobState state) {
        assertState(List.of(job), state);
    }

    static <T> T present(@Nullable T value) {
        return Objects.requireNonNull(value);
    }
}
