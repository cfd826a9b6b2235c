package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.LANE;
import static dev.leat.testkit.Subject.LEASE;
import static dev.leat.testkit.Subject.LONGER_THAN_LEASE;
import static dev.leat.testkit.Subject.OTHER_QUEUE;
import static dev.leat.testkit.Subject.SAME_QUEUE;
import static dev.leat.testkit.Subject.ids;
import static dev.leat.testkit.Subject.jobs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Capabilities.Grade;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The same promises when many threads ask at once, through two handles as two processes would. */
abstract class RaceRules {
    private static final int THREADS = 8;
    private static final Outcome DONE = new Outcome.Completed(null);
    private static final int MOST_ROUNDS = 20_000;

    /** The lanes between which jobs are moved. */
    private static final List<Lane> BOTH = List.of(LANE, OTHER_QUEUE);

    private final Subject store;

    RaceRules(Subject store) {
        this.store = store;
    }

    // Claims.

    @Test
    void eightClaimersOfTenThousandJobsGetEachOnce() throws Exception {
        List<NewJob> jobs = store.add(JobStore.BATCH_JOBS);

        List<Lease> leases = claimedByAll(jobs.size(), thread -> store.claiming(20 + 10 * thread));

        assertThat(jobs(leases)).containsExactlyInAnyOrderElementsOf(ids(jobs));
        assertThat(leases).extracting(Lease::id).doesNotHaveDuplicates();
        store.assertNothingToClaim();
    }

    @Test
    void claimersOfMixedLanesAndPrioritiesGetEachJobOnce() throws Exception {
        List<Lane> lanes = List.of(LANE, SAME_QUEUE, OTHER_QUEUE);
        List<NewJob> jobs = store.add(IntStream.range(0, 2_000)
                .mapToObj(
                        i -> store.job().lane(lanes.get(i % 3)).priority(i % 5).one())
                .toList());

        List<Lease> leases = claimedByAll(jobs.size(), thread -> {
            List<Lane> turned = new ArrayList<>(lanes);
            Collections.rotate(turned, thread);
            return store.claiming(17).lanes(turned);
        });

        assertThat(jobs(leases)).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    @Test
    void claimersOfSuspectsGetEachOnce() throws Exception {
        store.leased(200);
        store.die();

        List<Lease> leases = claimedByAll(200, thread -> store.claiming(50).suspects());

        assertThat(jobs(leases)).hasSize(200).doesNotHaveDuplicates();
        assertThat(leases).allMatch(Lease::suspect);
    }

    @Test
    void jobsThatAreEnqueuedClaimedAndSettledAtOnceRunOnceEach() throws Exception {
        int each = 300;
        AtomicInteger done = new AtomicInteger();
        Set<JobId> completed = ConcurrentHashMap.newKeySet();
        List<Callable<Integer>> works = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            List<List<NewJob>> batches = new ArrayList<>();
            for (int n = 0; n < 10; n++) {
                batches.add(store.job().times(each / 10));
            }
            works.add(() -> {
                batches.forEach(store::add);
                return 0;
            });
            JobStore handle = handle(i);
            works.add(() -> {
                int idle = 0;
                List<Lease> held = List.of();
                while (done.get() < 4 * each || !held.isEmpty()) {
                    List<Settlement> settlements = Subject.settlements(held, DONE);
                    ClaimRequest request = store.claiming(40).request();
                    var turn = handle.settleAndClaim(settlements, request);
                    Subject.checkPromises(request, turn.claimed());
                    assertThat(turn.settled()).allMatch(Settled::accepted);
                    assertThat(jobs(held)).allMatch(completed::add, "completes once");
                    done.addAndGet(jobs(held).size());
                    held = turn.claimed().leases();
                    idle = held.isEmpty() ? idle + 1 : 0;
                    assertThat(idle).as("claims in vain").isLessThan(MOST_ROUNDS);
                }
                return 0;
            });
        }

        Race.of(works);

        assertThat(completed).hasSize(4 * each);
        store.assertNothingToClaim();
    }

    @Test
    void aClaimAskedTwiceAtOnceIsGivenWholeWhenAskedAgain() throws Exception {
        for (int round = 0; round < 5; round++) {
            store.add(20);
            ClaimRequest request = store.claiming(20).claimId(UUID.randomUUID()).request();

            Map<JobId, LeaseId> handedOut = new HashMap<>();
            for (List<Lease> leases :
                    Race.of(4, thread -> () -> handle(thread).claim(request).leases())) {
                for (Lease lease : leases) {
                    for (JobId job : jobs(lease)) {
                        assertThat(handedOut.merge(job, lease.id(), (before, now) -> now))
                                .isEqualTo(lease.id());
                    }
                }
            }

            Map<JobId, LeaseId> again = new HashMap<>();
            List<Lease> held = store.store().claim(request).leases();
            held.forEach(lease -> jobs(lease).forEach(job -> again.put(job, lease.id())));
            assertThat(again).containsAllEntriesOf(handedOut);
            store.settle(held, DONE);
            store.settle(store.drain(store.claiming(ALL)), DONE);
        }
    }

    // Enqueues.

    @Test
    void ofManyWhoEnqueueTheSameJobsOneIsAcceptedEach() throws Exception {
        List<NewJob> jobs = store.job().times(500);

        List<List<Enqueued>> answers = Race.of(THREADS, thread -> () -> {
            List<NewJob> shuffled = new ArrayList<>(jobs);
            Collections.shuffle(shuffled, new Random(thread));
            List<Enqueued> all = new ArrayList<>();
            for (int i = 0; i < shuffled.size(); i += 100) {
                all.addAll(handle(thread).enqueue(shuffled.subList(i, i + 100)));
            }
            return all;
        });

        Map<JobId, Integer> accepted = new HashMap<>();
        for (Enqueued answer : answers.stream().flatMap(List::stream).toList()) {
            if (answer instanceof Enqueued.Accepted) {
                accepted.merge(answer.id(), 1, Integer::sum);
            } else {
                assertThat(answer).isInstanceOf(Enqueued.Duplicate.class);
            }
        }
        assertThat(accepted).hasSize(500);
        assertThat(accepted.values()).containsOnly(1);
        assertThat(store.drained(store.claiming(ALL))).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    @Test
    void ofManyWhoEnqueueOtherJobsUnderOneIdOneIsAccepted() throws Exception {
        for (int round = 0; round < 20; round++) {
            NewJob job = store.job().one();
            List<NewJob> rivals = IntStream.range(0, THREADS)
                    .mapToObj(i -> new NewJob(job.id(), i, LANE, Payload.json("" + i), 4, 25, Due.now()))
                    .toList();

            List<Enqueued> answers = Race.of(
                    THREADS,
                    thread -> () ->
                            handle(thread).enqueue(List.of(rivals.get(thread))).get(0));

            assertThat(answers).filteredOn(Enqueued.Accepted.class::isInstance).hasSize(1);
            assertThat(answers).filteredOn(Enqueued.Clash.class::isInstance).hasSize(THREADS - 1);
            int winner = answers.indexOf(new Enqueued.Accepted(job.id()));
            assertThat(Subject.claims(store.drain(store.claiming(ALL))))
                    .singleElement()
                    .satisfies(claim -> assertThat(claim.payload())
                            .isEqualTo(rivals.get(winner).payload()));
        }
    }

    @Test
    void laneMadeByManyAtOnceIsOneLane() throws Exception {
        for (int round = 0; round < 10; round++) {
            Lane lane = Subject.lane("tenant-" + round, "queue-" + round, "kind-" + round);
            List<NewJob> jobs = store.job().lane(lane).times(THREADS);

            Race.of(THREADS, thread -> () -> handle(thread).enqueue(List.of(jobs.get(thread))));

            assertThat(store.drained(store.claiming(ALL).lanes(lane))).containsExactlyInAnyOrderElementsOf(ids(jobs));
        }
    }

    @Test
    void aCallsJobsAreSeenAllOrNone() throws Exception {
        assumeTrue(
                store.store().capabilities().grade(Capability.BATCH_ENQUEUE) == Grade.NATIVE,
                "the store enqueues a batch in one step");
        Inspect inspect = store.inspect();
        AtomicInteger writing = new AtomicInteger(4);
        List<Callable<Integer>> works = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            List<List<NewJob>> batches = new ArrayList<>();
            for (int n = 0; n < 8; n++) {
                batches.add(store.job().times(500));
            }
            works.add(() -> {
                try {
                    batches.forEach(store::add);
                } finally {
                    writing.decrementAndGet();
                }
                return 0;
            });
        }
        works.add(() -> {
            while (writing.get() > 0) {
                long seen = inspect.counts(LANE.tenant(), LANE.queue()).values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
                assertThat(seen % 500)
                        .as("%d jobs seen of batches of 500", seen)
                        .isZero();
            }
            return 0;
        });

        Race.of(works);
    }

    // Settlements.

    @Test
    void ofManyWhoSettleTheSameJobsOneIsAcceptedEach() throws Exception {
        store.add(600);
        List<Lease> leases = store.drain(store.claiming(600));
        List<JobId> jobs = jobs(leases);

        List<List<Settled>> answers = Race.of(THREADS, thread -> () -> {
            List<Settlement> settlements =
                    new ArrayList<>(Subject.settlements(leases, new Outcome.Completed(Payload.json("" + thread))));
            Collections.shuffle(settlements, new Random(thread));
            List<Settled> all = new ArrayList<>();
            for (int i = 0; i < settlements.size(); i += 50) {
                all.addAll(handle(thread).settle(settlements.subList(i, i + 50)));
            }
            return all;
        });

        Map<JobId, Integer> winners = new HashMap<>();
        for (int thread = 0; thread < THREADS; thread++) {
            for (Settled settled : answers.get(thread)) {
                if (settled.accepted()) {
                    assertThat(winners.put(settled.job(), thread))
                            .as("settled before %s", settled.job())
                            .isNull();
                }
            }
        }
        assertThat(winners.keySet()).containsExactlyInAnyOrderElementsOf(jobs);
        if (store.has(Capability.INSPECTION)) {
            for (JobId job : jobs.subList(0, 50)) {
                assertThat(store.find(job).result()).isEqualTo(Payload.json("" + winners.get(job)));
            }
        }
    }

    @Test
    void ofDifferentOutcomesOneIsAccepted() throws Exception {
        Failure why = Failure.of("no use");
        List<Outcome> outcomes = List.of(
                new Outcome.Completed(null),
                new Outcome.Discard(why),
                new Outcome.Retry(LEASE, why),
                new Outcome.Cancelled(why),
                new Outcome.Snooze(LEASE),
                new Outcome.Release());
        List<JobState> states = List.of(
                JobState.COMPLETED,
                JobState.DISCARDED,
                JobState.RETRYABLE,
                JobState.CANCELLED,
                JobState.SCHEDULED,
                JobState.AVAILABLE);
        Lease lease = store.leased(100);

        List<List<Settled>> answers = Race.of(
                outcomes.size(),
                thread -> () -> handle(thread).settle(Subject.settlements(lease, outcomes.get(thread))));

        for (int i = 0; i < 100; i++) {
            int job = i;
            List<Integer> winners = IntStream.range(0, outcomes.size())
                    .filter(thread -> answers.get(thread).get(job).accepted())
                    .boxed()
                    .toList();
            assertThat(winners).hasSize(1);
            store.assertState(jobs(lease).get(job), states.get(winners.get(0)));
        }
    }

    // Leases that end.

    @Test
    void aJobIsEitherSettledOrTakenBack() throws Exception {
        for (int round = 0; round < 5; round++) {
            store.add(300);
            List<Lease> leases = store.drain(store.claiming(60));
            store.clock.advance(LONGER_THAN_LEASE);

            List<List<Settled>> settled = new ArrayList<>();
            AtomicInteger back = new AtomicInteger();
            List<Callable<Integer>> works = new ArrayList<>();
            works.add(() -> {
                for (Lease lease : leases) {
                    settled.add(store.store().settle(Subject.settlements(lease, DONE)));
                }
                return 0;
            });
            works.add(() -> back.addAndGet(store.other().reclaim(3).total()));
            Race.of(works);
            back.addAndGet(Subject.total(store.reclaimAll()));

            List<JobId> done = settled.stream()
                    .flatMap(List::stream)
                    .filter(Settled::accepted)
                    .map(Settled::job)
                    .toList();
            List<Lease> again = store.drain(store.claiming(ALL).suspects());
            List<JobId> all = new ArrayList<>(done);
            all.addAll(jobs(again));
            assertThat(done.size() + back.get()).isEqualTo(300);
            assertThat(all).containsExactlyInAnyOrderElementsOf(jobs(leases));
            store.settle(again, DONE);
        }
    }

    @Test
    void aLeaseIsEitherRenewedOrTakenBack() throws Exception {
        for (int round = 0; round < 5; round++) {
            store.add(40);
            List<Lease> leases = store.drain(store.claiming(2));
            List<LeaseId> held = leases.stream().map(Lease::id).toList();
            store.clock.advance(LONGER_THAN_LEASE);

            List<Renewed> renewed = new ArrayList<>();
            List<Callable<Integer>> works = new ArrayList<>();
            works.add(() -> {
                renewed.addAll(store.store().renew(held, LEASE));
                return 0;
            });
            works.add(() -> Subject.total(List.of(store.other().reclaim(ALL))));
            Race.of(works);
            store.reclaimAll();

            assertThat(renewed).extracting(Renewed::lease).isEqualTo(held);
            for (int i = 0; i < held.size(); i++) {
                if (renewed.get(i).held()) {
                    store.settle(leases.get(i), DONE);
                } else {
                    store.assertStale(leases.get(i), DONE);
                }
            }
            store.settle(store.drain(store.claiming(ALL).suspects()), DONE);
        }
    }

    @Test
    void reclaimsAtOnceTakeEachJobBackOnce() throws Exception {
        List<NewJob> jobs = store.add(1_000);
        store.drain(store.claiming(10));
        store.clock.advance(LONGER_THAN_LEASE);

        List<Integer> totals = Race.of(THREADS, thread -> () -> {
            int total = 0;
            int last;
            do {
                last = handle(thread).reclaim(5).total();
                total += last;
            } while (last > 0);
            return total;
        });

        int rest = Subject.total(store.reclaimAll());
        assertThat(totals.stream().mapToInt(Integer::intValue).sum() + rest).isEqualTo(1_000);
        assertThat(store.drained(store.claiming(ALL).suspects())).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    @Test
    void promotionsAtOnceMoveEachJobOnce() throws Exception {
        store.assumeHas(Capability.DELAY);
        List<NewJob> jobs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            jobs.addAll(store.add(
                    store.job().due(Due.after(Duration.ofMinutes(1 + i))).times(50)));
        }
        store.clock.advance(LONGER_THAN_LEASE);

        List<Integer> totals = Race.of(THREADS, thread -> () -> {
            int total = 0;
            int last;
            do {
                last = handle(thread).promote(30).total();
                total += last;
            } while (last > 0);
            return total;
        });

        int rest = store.promoteAll();
        assertThat(totals.stream().mapToInt(Integer::intValue).sum() + rest).isEqualTo(1_000);
        assertThat(store.drained(store.claiming(ALL))).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    // By hand.

    @Test
    void aJobIsEitherCancelledOrHandedOut() throws Exception {
        store.operate();
        for (int round = 0; round < 5; round++) {
            List<JobId> jobs = ids(store.add(1_000));
            Set<JobId> cancelled = ConcurrentHashMap.newKeySet();
            List<Lease> leases = Collections.synchronizedList(new ArrayList<>());

            Race.of(THREADS, thread -> () -> {
                if (thread < 4) {
                    List<JobId> mine = shuffled(jobs, thread);
                    for (int i = 0; i < mine.size(); i += 25) {
                        cancelled.addAll(changed(operate(thread).cancel(LANE.tenant(), mine.subList(i, i + 25))));
                    }
                } else {
                    for (int i = 0; i < 10; i++) {
                        leases.addAll(Subject.claim(
                                        handle(thread),
                                        store.claiming(10 + thread).request())
                                .leases());
                    }
                }
                return 0;
            });

            leases.addAll(store.drain(store.claiming(ALL)));
            List<JobId> all = new ArrayList<>(jobs(leases));
            all.addAll(cancelled);
            assertThat(all).containsExactlyInAnyOrderElementsOf(jobs);
            store.assertState(sample(cancelled), JobState.CANCELLED);
            store.settle(leases, DONE);
        }
    }

    @Test
    void ofManyWhoCancelTheSameJobsOneDoesEach() throws Exception {
        store.operate();
        List<JobId> jobs = ids(store.add(500));

        List<List<JobId>> done = Race.of(THREADS, thread -> () -> {
            List<JobId> changed = new ArrayList<>();
            List<JobId> mine = shuffled(jobs, thread);
            for (int i = 0; i < mine.size(); i += 50) {
                changed.addAll(changed(operate(thread).cancel(LANE.tenant(), mine.subList(i, i + 50))));
            }
            return changed;
        });

        assertThat(done.stream().flatMap(List::stream).toList()).containsExactlyInAnyOrderElementsOf(jobs);
        store.assertNothingToClaim();
    }

    @Test
    void ofManyWhoRetryTheSameJobsEachRunsOnce() throws Exception {
        store.operate();
        List<JobId> jobs = ids(store.add(500));
        store.settle(store.drain(store.claiming(ALL)), new Outcome.Discard(Failure.of("no use")));

        List<List<Operated>> answers = Race.of(THREADS, thread -> () -> {
            List<Operated> all = new ArrayList<>();
            List<JobId> mine = shuffled(jobs, thread);
            for (int i = 0; i < mine.size(); i += 50) {
                all.addAll(operate(thread).retry(LANE.tenant(), mine.subList(i, i + 50)));
            }
            return all;
        });

        assertThat(answers.stream().flatMap(List::stream)).allMatch(Operated.Done.class::isInstance);
        List<Lease> leases = store.drain(store.claiming(30));
        assertThat(jobs(leases)).containsExactlyInAnyOrderElementsOf(jobs);
        assertThat(leases).allMatch(lease -> lease.attempt() == 2);
        store.settle(leases, DONE);
    }

    /** What goes on at once in a store whose operator is busy; in the end every job is done once. */
    @Test
    void noJobIsLostOrDoubledHoweverItIsMovedAbout() throws Exception {
        store.operate();
        List<JobId> jobs = new ArrayList<>(ids(store.add(300)));
        if (store.has(Capability.DELAY)) {
            jobs.addAll(ids(store.add(store.job().due(Due.after(LEASE)).times(300))));
            store.clock.advance(LONGER_THAN_LEASE);
        }
        Set<JobId> completed = ConcurrentHashMap.newKeySet();

        Race.of(THREADS, thread -> () -> {
            Random random = new Random(thread);
            JobStore handle = handle(thread);
            for (int i = 0; i < 40; i++) {
                switch (thread) {
                    case 0 -> operate(thread).cancel(LANE.tenant(), some(jobs, random));
                    case 1, 2 -> operate(thread).amend(LANE.tenant(), some(jobs, random), amendment(random));
                    case 3 -> operate(thread).retry(LANE.tenant(), some(jobs, random));
                    case 4 -> handle.promote(20);
                    case 5 -> handle.reclaim(20);
                    default -> {
                        List<Lease> leases = Subject.claim(
                                        handle,
                                        store.claiming(20)
                                                .lanes(BOTH)
                                                .suspects()
                                                .request())
                                .leases();
                        List<Settlement> settlements = new ArrayList<>();
                        for (Settlement each : Subject.settlements(leases, DONE)) {
                            Outcome outcome = outcome(random);
                            settlements.add(new Settlement(each.lease(), each.job(), outcome));
                            if (outcome.equals(DONE)) {
                                assertThat(completed.add(each.job()))
                                        .as("completes once")
                                        .isTrue();
                            }
                        }
                        assertThat(handle.settle(settlements)).allMatch(Settled::accepted);
                    }
                }
            }
            return 0;
        });

        store.operate().retry(LANE.tenant(), jobs);
        List<Lease> left = store.drain(store.claiming(ALL).lanes(BOTH).suspects());
        List<JobId> all = new ArrayList<>(jobs(left));
        all.addAll(completed);
        assertThat(all).containsExactlyInAnyOrderElementsOf(jobs);
        store.settle(left, DONE);
        store.assertNothingToClaim(LANE, OTHER_QUEUE);
    }

    /** Whoever is handed a job has it as it is, and from then on it is not amended. */
    @Test
    void aJobThatIsHandedOutIsAsItWasLastAmended() throws Exception {
        store.operate();
        for (int round = 0; round < 3; round++) {
            List<JobId> jobs = ids(store.add(600));
            List<Lease> leases = Collections.synchronizedList(new ArrayList<>());

            Race.of(THREADS, thread -> () -> {
                Random random = new Random(thread);
                for (int i = 0; i < 25; i++) {
                    if (thread < 5) {
                        operate(thread).amend(LANE.tenant(), some(jobs, random), amendment(random));
                        handle(thread).promote(10);
                    } else {
                        ClaimRequest request =
                                store.claiming(5 + thread).lanes(BOTH).request();
                        leases.addAll(Subject.claim(handle(thread), request).leases());
                    }
                }
                return 0;
            });

            store.clock.advance(LEASE.dividedBy(2));
            store.promoteAll();
            leases.addAll(store.drain(store.claiming(ALL).lanes(BOTH)));
            assertThat(jobs(leases)).containsExactlyInAnyOrderElementsOf(jobs);
            if (store.has(Capability.INSPECTION)) {
                leases.forEach(lease -> lease.claims().forEach(claim -> {
                    JobRecord job = store.find(claim.job());
                    assertThat(job.state()).isEqualTo(JobState.RUNNING);
                    assertThat(job.lane()).isEqualTo(lease.lane());
                    assertThat(job.priority()).isEqualTo(lease.priority());
                    assertThat(job.payload()).isEqualTo(claim.payload());
                }));
            }
            store.settle(leases, DONE);
        }
    }

    @Test
    void ofManyWhoMoveTheSameJobsOneIsTheLast() throws Exception {
        store.operate();
        List<JobId> jobs = ids(store.add(500));

        List<List<Operated>> answers = Race.of(THREADS, thread -> () -> {
            List<Operated> all = new ArrayList<>();
            List<JobId> mine = shuffled(jobs, thread);
            Amendment move = new Amendment.Move(BOTH.get(thread % 2).queue());
            for (int i = 0; i < mine.size(); i += 50) {
                all.addAll(operate(thread).amend(LANE.tenant(), mine.subList(i, i + 50), move));
            }
            return all;
        });

        assertThat(answers.stream().flatMap(List::stream)).allMatch(Operated.Done.class::isInstance);
        List<JobId> all = new ArrayList<>(store.drained(store.claiming(ALL).lanes(LANE)));
        all.addAll(store.drained(store.claiming(ALL).lanes(OTHER_QUEUE)));
        assertThat(all).containsExactlyInAnyOrderElementsOf(jobs);
    }

    private Amendment amendment(Random random) {
        return switch (random.nextInt(4)) {
            case 0 ->
                new Amendment.Reschedule(
                        store.has(Capability.DELAY) && random.nextBoolean()
                                ? Due.after(LEASE.dividedBy(4))
                                : Due.now());
            case 1 -> new Amendment.Reprioritise(random.nextInt(10));
            case 2 -> new Amendment.Move(BOTH.get(random.nextInt(2)).queue());
            default -> new Amendment.ReplacePayload(Payload.json("" + random.nextInt()));
        };
    }

    private static Outcome outcome(Random random) {
        Failure why = Failure.of("no use");
        return switch (random.nextInt(6)) {
            case 0 -> new Outcome.Discard(why);
            case 1 -> new Outcome.Retry(Duration.ZERO, why);
            case 2 -> new Outcome.Snooze(LEASE);
            case 3 -> new Outcome.Release();
            case 4 -> new Outcome.Cancelled(why);
            default -> DONE;
        };
    }

    private Operate operate(int thread) {
        return handle(thread).feature(Operate.class).orElseThrow();
    }

    private static List<JobId> changed(List<Operated> answers) {
        return answers.stream()
                .filter(Operated.Done.class::isInstance)
                .map(Operated::job)
                .toList();
    }

    private static List<JobId> shuffled(List<JobId> jobs, int seed) {
        List<JobId> shuffled = new ArrayList<>(jobs);
        Collections.shuffle(shuffled, new Random(seed));
        return shuffled;
    }

    private static List<JobId> some(List<JobId> jobs, Random random) {
        return random.ints(30, 0, jobs.size()).mapToObj(jobs::get).toList();
    }

    private static List<JobId> sample(Collection<JobId> jobs) {
        return jobs.stream().limit(50).toList();
    }

    /** Every other thread works through a second handle. */
    private JobStore handle(int thread) {
        return thread % 2 == 0 ? store.store() : store.other();
    }

    /** What eight threads get that claim until so many jobs are handed out. */
    private List<Lease> claimedByAll(int jobs, IntFunction<ClaimDraft> drafts) throws Exception {
        AtomicInteger handedOut = new AtomicInteger();
        return Race.<List<Lease>>of(THREADS, thread -> () -> {
                    JobStore handle = handle(thread);
                    List<Lease> leases = new ArrayList<>();
                    for (int idle = 0; handedOut.get() < jobs; ) {
                        var claimed = Subject.claim(handle, drafts.apply(thread).request());
                        leases.addAll(claimed.leases());
                        handedOut.addAndGet(claimed.jobs());
                        idle = claimed.jobs() == 0 ? idle + 1 : 0;
                        assertThat(idle).as("claims in vain").isLessThan(MOST_ROUNDS);
                    }
                    return leases;
                })
                .stream()
                .flatMap(List::stream)
                .toList();
    }
}
