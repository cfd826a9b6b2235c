package dev.leat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Claimed.Left;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Handover;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobQuery.Order;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Promoted;
import dev.leat.api.store.Reclaimed;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Turn;
import dev.leat.testkit.JobModel.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Hundreds of random calls in a row, after each of which the store is what {@link JobModel} says it should be. */
abstract class ModelRules {
    private static final int STEPS = 700;
    private static final int FEW_STEPS = 300;
    private static final int STEPS_BETWEEN_FULL_CHECKS = 100;
    private static final int TOUCHED_CHECKED = 3;
    private static final List<Lane> LANES = List.of(Subject.LANE, Subject.SAME_QUEUE, Subject.OTHER_TENANT);

    /** Where jobs of these lanes may be moved to, and these. */
    private static final List<QueueName> QUEUES =
            List.of(Subject.LANE.queue(), Subject.OTHER_QUEUE.queue(), new QueueName("third"));

    private static final List<Lane> ALL_LANES = LANES.stream()
            .flatMap(lane -> QUEUES.stream().map(queue -> new Lane(lane.tenant(), queue, lane.kind())))
            .toList();

    private static final Failure WHY = Failure.of("try later");

    private final Subject store;
    private final LongSupplier seeds;
    private final JobModel model = new JobModel();
    private final List<ClaimRequest> asked = new ArrayList<>();
    private final List<Settlement> spent = new ArrayList<>();
    private Random random = new Random(0);

    ModelRules(Subject store, LongSupplier seeds) {
        this.store = store;
        this.seeds = seeds;
    }

    @Test
    void aRandomLifeGoesAsTheModelSays() {
        live(seeds.getAsLong(), STEPS);
    }

    @Test
    void theSameRandomLifeGoesAsTheModelSaysEachTime() {
        live(20_240_101L, FEW_STEPS);
    }

    private void live(long seed, int steps) {
        store.inspect();
        random = new Random(seed);
        String step = "start";
        try {
            for (int i = 1; i <= steps; i++) {
                step = "step " + i;
                Collection<Job> touched = step();
                checkSome(touched);
                if (i % STEPS_BETWEEN_FULL_CHECKS == 0) {
                    checkAll();
                }
            }
            step = "end";
            finish();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("with seed " + seed + "L at " + step + ": " + e.getMessage(), e);
        }
    }

    private Collection<Job> step() {
        int dice = random.nextInt(100);
        if (dice < 11) {
            return enqueue();
        } else if (dice < 14) {
            return handOver();
        } else if (dice < 18) {
            return enqueueAgain();
        } else if (dice < 42) {
            return claim();
        } else if (dice < 46) {
            return claimAgain();
        } else if (dice < 70) {
            return settle();
        } else if (dice < 77) {
            return turn();
        } else if (dice < 82) {
            return renew();
        } else if (dice < 87 && store.has(Capability.OPERATION)) {
            return operate();
        } else if (dice < 91) {
            return advance();
        } else if (dice < 95) {
            return promote();
        }
        return reclaim();
    }

    // Steps.

    private List<Job> enqueue() {
        List<NewJob> added = store.add(draft().times(1 + random.nextInt(12)));
        added.forEach(model::enqueued);
        return jobs(Subject.ids(added));
    }

    private JobDraft draft() {
        return store.job()
                .lane(any(LANES))
                .priority(any(List.of(1, 4)))
                .maxAttempts(any(List.of(1, 2, 3, 25)))
                .due(store.has(Capability.DELAY) && random.nextInt(4) == 0 ? Due.after(minutes(25, 65)) : Due.now());
    }

    private List<Job> handOver() {
        NewJob job = draft().one();
        ClaimRequest request = store.claiming(1 + random.nextInt(20))
                .lanes(ALL_LANES)
                .lease(minutes(45, 95, 155))
                .request();
        Handover handover = handle().enqueueAndClaim(job, request);
        assertThat(handover.enqueued()).isEqualTo(new Enqueued.Accepted(job.id()));
        model.enqueued(job);
        Lease lease = handover.lease();
        if (lease == null) {
            return jobs(List.of(job.id()));
        }
        return claimed(request, new Claimed(List.of(lease), Left.MORE));
    }

    private List<Job> enqueueAgain() {
        List<NewJob> again = new ArrayList<>();
        List<Enqueued> expected = new ArrayList<>();
        for (Job job : some(model.jobs.values(), 5)) {
            NewJob made = job.made;
            boolean clash = random.nextBoolean();
            Payload payload = clash ? Payload.json("\"another\"") : made.payload();
            again.add(new NewJob(made.id(), made.nonce(), made.lane(), payload, 9, 9, Due.now()));
            expected.add(clash ? new Enqueued.Clash(made.id()) : new Enqueued.Duplicate(made.id()));
        }
        assertThat(handle().enqueue(again)).isEqualTo(expected);
        return jobs(Subject.ids(again));
    }

    private ClaimRequest request() {
        ClaimDraft draft = store.claiming(1 + random.nextInt(20))
                .lanes(some(ALL_LANES, ALL_LANES.size()))
                .lease(minutes(45, 95, 155))
                .claimId(new UUID(random.nextLong(), random.nextLong()));
        return (random.nextBoolean() ? draft.suspects() : draft).request();
    }

    private List<Job> claim() {
        ClaimRequest request = request();
        Claimed claimed = Subject.claim(handle(), request);
        if (claimed.leases().isEmpty()) {
            assertThat(model.claimable(request))
                    .as("claimable, but not handed out")
                    .isEmpty();
        }
        return claimed(request, claimed);
    }

    private List<Job> claimed(ClaimRequest request, Claimed claimed) {
        List<Lease> leases = claimed.leases();
        asked.add(request);
        model.claimed(request, leases);
        if (claimed.left() == Left.NOTHING && !leases.isEmpty()) {
            assertThat(model.claimable(request))
                    .as("claimable, where nothing was left")
                    .isEmpty();
        }
        return jobs(Subject.jobs(leases));
    }

    private List<Job> claimAgain() {
        if (asked.isEmpty()) {
            return List.of();
        }
        ClaimRequest request = any(asked);
        Map<LeaseId, Set<JobId>> held = model.heldBy(request.claimId());
        Claimed claimed = Subject.claim(handle(), request);
        if (held.isEmpty()) {
            return claimed(request, claimed);
        }
        List<Lease> leases = claimed.leases();
        assertThat(leases.stream().collect(Collectors.toMap(Lease::id, lease -> Set.copyOf(Subject.jobs(lease)))))
                .isEqualTo(held);
        return jobs(Subject.jobs(leases));
    }

    private List<Job> settle() {
        List<Settlement> settlements = settlements();
        return settled(settlements, handle().settle(settlements));
    }

    private List<Job> settled(List<Settlement> settlements, List<Settled> answers) {
        List<Settled> expected = new ArrayList<>();
        for (Settlement settlement : settlements) {
            boolean accepted = model.settled(settlement);
            expected.add(new Settled(
                    settlement.lease(),
                    settlement.job(),
                    accepted ? Settled.Answer.ACCEPTED : Settled.Answer.STALE_LEASE));
            spent.add(settlement);
        }
        assertThat(answers).isEqualTo(expected);
        return jobs(settlements.stream().map(Settlement::job).toList());
    }

    /** What some held leases may settle, with some of what they may not. */
    private List<Settlement> settlements() {
        List<Settlement> settlements = new ArrayList<>();
        for (LeaseId lease : some(model.leases.keySet(), 3)) {
            for (Job job : some(Subject.present(model.leases.get(lease)).jobs.values(), 10)) {
                settlements.add(new Settlement(lease, job.made.id(), outcome(job)));
            }
        }
        if (!settlements.isEmpty() && random.nextInt(3) == 0) {
            Settlement other = any(settlements);
            settlements.add(other);
            List<JobId> running = model.leases.values().stream()
                    .flatMap(lease -> lease.jobs.keySet().stream())
                    .toList();
            settlements.add(new Settlement(any(settlements).lease(), any(running), new Outcome.Release()));
        }
        // A stale settlement must not hit, by chance, a job whose release is out of the contract's words.
        settlements.removeIf(each ->
                each.outcome() instanceof Outcome.Release && job(each.job()).suspicion != JobModel.Suspicion.NONE);
        settlements.addAll(some(spent, 3));
        return settlements;
    }

    private Outcome outcome(Job job) {
        boolean mayRetry = !job.isLastAttempt();
        return switch (random.nextInt(10)) {
            case 0, 1 -> mayRetry ? new Outcome.Retry(minutes(25, 65), WHY) : new Outcome.Discard(WHY);
            case 2 -> new Outcome.Snooze(minutes(25, 65));
            case 3 -> new Outcome.Release();
            case 4 -> new Outcome.Discard(WHY);
            case 5 -> new Outcome.Cancelled(WHY);
            default -> new Outcome.Completed(random.nextBoolean() ? Payload.json("1") : null);
        };
    }

    private List<Job> turn() {
        List<Settlement> settlements = settlements();
        ClaimRequest request = request();
        Turn turn = handle().settleAndClaim(settlements, request);
        Subject.checkPromises(request, turn.claimed());
        List<Job> touched = new ArrayList<>(settled(settlements, turn.settled()));
        touched.addAll(claimed(request, turn.claimed()));
        return touched;
    }

    /** On jobs of both tenants, so that some are not found. */
    private List<Job> operate() {
        List<JobId> ids = new ArrayList<>(some(model.jobs.keySet(), 12));
        ids.addAll(some(ids, 2));
        TenantName tenant = any(LANES).tenant();
        Operate operate = handle().feature(Operate.class).orElseThrow();
        switch (random.nextInt(6)) {
            case 0 -> {
                List<Operated> expected =
                        ids.stream().map(id -> model.cancelled(tenant, id)).toList();
                assertThat(operate.cancel(tenant, ids)).isEqualTo(expected);
            }
            case 1, 2 -> {
                List<Operated> expected =
                        ids.stream().map(id -> model.retried(tenant, id)).toList();
                assertThat(operate.retry(tenant, ids)).isEqualTo(expected);
            }
            default -> {
                Amendment amendment = amendment();
                List<Operated> expected = ids.stream()
                        .map(id -> model.amended(tenant, id, amendment))
                        .toList();
                assertThat(operate.amend(tenant, ids, amendment))
                        .as("%s", amendment)
                        .isEqualTo(expected);
            }
        }
        return jobs(ids);
    }

    private Amendment amendment() {
        return switch (random.nextInt(4)) {
            case 0 ->
                new Amendment.Reschedule(
                        store.has(Capability.DELAY) && random.nextBoolean()
                                ? Due.after(minutes(25, 65))
                                : any(List.of(Due.now(), Due.at(Instant.EPOCH.plus(Duration.ofDays(20_000))))));
            case 1 -> new Amendment.Reprioritise(any(List.of(1, 4, 9)));
            case 2 -> new Amendment.Move(any(QUEUES));
            default -> new Amendment.ReplacePayload(Payload.json("\"" + "x".repeat(random.nextInt(3_000)) + "\""));
        };
    }

    private List<Job> renew() {
        List<LeaseId> ids = new ArrayList<>(some(model.leases.keySet(), 4));
        some(spent, 2).forEach(each -> ids.add(each.lease()));
        Duration length = minutes(45, 95, 155);
        assertThat(handle().renew(ids, length))
                .isEqualTo(ids.stream()
                        .map(id -> new Renewed(
                                id, model.renewed(id, length) ? Renewed.Answer.RENEWED : Renewed.Answer.GONE))
                        .toList());
        return List.of();
    }

    /** By whole tens of minutes, while all that waits or ends does so at odd fives: nothing hangs on a moment. */
    private List<Job> advance() {
        Duration by = Duration.ofMinutes(10L * (1 + random.nextInt(6)));
        store.clock.advance(by);
        model.advance(by);
        return List.of();
    }

    private List<Job> promote() {
        List<Job> due = model.due();
        int max = random.nextBoolean() ? JobStore.BATCH_JOBS : 1 + random.nextInt(10);
        Promoted promoted = handle().promote(max);
        assertThat(promoted.total()).isEqualTo(Math.min(max, due.size()));
        Map<Lane, Integer> moved = new HashMap<>();
        List<Job> left = new ArrayList<>();
        @Nullable Duration latest = null;
        for (Job job :
                due.stream().sorted(Comparator.comparing(each -> each.due)).toList()) {
            if (promoted.total() < due.size() && seen(job).state() != JobState.AVAILABLE) {
                left.add(job);
                continue;
            }
            job.state = JobState.AVAILABLE;
            moved.merge(job.lane(), 1, Integer::sum);
            latest = job.due;
        }
        assertThat(promoted.available()).isEqualTo(moved);
        for (Job job : left) {
            assertThat(job.due).as("the most overdue come first").isGreaterThanOrEqualTo(Subject.present(latest));
        }
        return due;
    }

    private List<Job> reclaim() {
        List<Reclaimed> reclaimed = store.reclaimAll();
        Set<JobId> charged = new HashSet<>();
        for (Job job : model.jobs.values()) {
            if (job.state == JobState.RUNNING
                    && job.suspicion == JobModel.Suspicion.TOGETHER
                    && seen(job).crashes() > job.crashes) {
                charged.add(job.made.id());
            }
        }
        List<Job> back = model.takeBack(charged);
        assertThat(Subject.total(reclaimed)).isEqualTo(back.size());
        assertThat(Subject.discarded(reclaimed))
                .containsExactlyInAnyOrderElementsOf(back.stream()
                        .filter(job -> job.state == JobState.DISCARDED)
                        .map(job -> job.made.id())
                        .toList());
        return back;
    }

    /** Everything that is not done is done now, and nothing is left. */
    private void finish() {
        checkAll();
        for (int round = 0; model.jobs.values().stream().anyMatch(job -> !job.state.isFinal()); round++) {
            assertThat(round).as("rounds until all is done").isLessThan(1_000);
            advance();
            reclaim();
            promote();
            ClaimRequest request =
                    store.claiming(Subject.ALL).lanes(ALL_LANES).suspects().request();
            Claimed claimed = Subject.claim(handle(), request);
            claimed(request, claimed);
            List<Settlement> done = Subject.settlements(claimed.leases(), new Outcome.Completed(null));
            settled(done, handle().settle(done));
        }
        checkAll();
        assertThat(store.drained(store.claiming(Subject.ALL).lanes(ALL_LANES).suspects()))
                .isEmpty();
    }

    // Checks.

    private void checkSome(Collection<Job> touched) {
        some(touched, TOUCHED_CHECKED).forEach(job -> JobModel.check(job, seen(job)));
    }

    private void checkAll() {
        Inspect inspect = store.inspect();
        Map<JobId, JobRecord> seen = new HashMap<>();
        for (Lane lane : List.of(Subject.LANE, Subject.OTHER_TENANT)) {
            JobQuery query = new JobQuery(
                    lane.tenant(), null, null, EnumSet.allOf(JobState.class), Order.OLDEST_FIRST, null, JobQuery.MOST);
            for (List<JobHead> page = inspect.list(query); !page.isEmpty(); ) {
                List<JobRecord> records = inspect.find(
                        lane.tenant(), page.stream().map(JobHead::id).toList());
                assertThat(records.stream().map(JobRecord::head)).isEqualTo(page);
                records.forEach(job ->
                        assertThat(seen.put(job.id(), job)).as("listed before").isNull());
                page = inspect.list(query.from(page.get(page.size() - 1).id()));
            }
        }
        assertThat(seen.keySet()).isEqualTo(model.jobs.keySet());
        model.jobs.forEach((id, job) -> JobModel.check(job, seen.get(id)));
    }

    private JobRecord seen(Job job) {
        return store.inspect().find(job.lane().tenant(), job.made.id()).orElseThrow();
    }

    private Job job(JobId id) {
        return Subject.present(model.jobs.get(id));
    }

    private List<Job> jobs(Collection<JobId> ids) {
        return ids.stream().map(this::job).toList();
    }

    // Chance.

    /** Now and then another process does what comes next. */
    private JobStore handle() {
        return random.nextInt(4) == 0 ? store.other() : store.store();
    }

    private Duration minutes(int... choices) {
        return Duration.ofMinutes(choices[random.nextInt(choices.length)]);
    }

    private <T> T any(Collection<T> from) {
        return List.copyOf(from).get(random.nextInt(from.size()));
    }

    /** At most so many, of which none twice; at least one if there is one. */
    private <T> List<T> some(Collection<T> from, int most) {
        List<T> left = new ArrayList<>(from);
        int wanted = Math.min(left.size(), 1 + random.nextInt(most));
        return IntStream.range(0, wanted)
                .mapToObj(i -> left.remove(random.nextInt(left.size())))
                .toList();
    }
}
