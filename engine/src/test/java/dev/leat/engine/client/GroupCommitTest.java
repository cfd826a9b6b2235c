package dev.leat.engine.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.TenantName;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.NewJob;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.id.MonotonicClock;
import dev.leat.engine.id.NodeLease;
import dev.leat.engine.id.NodeSettings;
import dev.leat.engine.memory.InMemoryControlStore;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.engine.rig.FaultyJobStore;
import dev.leat.engine.rig.FaultyJobStore.Fault;
import dev.leat.engine.rig.FaultyJobStore.Verb;
import dev.leat.testkit.StoreClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GroupCommitTest {
    private static final int CALLS_AT_ONCE = 2;
    private static final List<Fault> FAULTS = List.of(Fault.values());
    private static final JobKind<Integer> KIND = JobKind.of("count", Integer.class);

    private final StoreClock clock = new StoreClock();
    private final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    private final FaultyJobStore store = new FaultyJobStore(jobs);
    private final NodeLease node = NodeLease.acquire(
            new InMemoryControlStore(clock), MonotonicClock.SYSTEM, NodeSettings.ofThisProcess("test"));
    private final InMemoryJobStore elsewhere = new InMemoryJobStore(clock);
    private volatile @Nullable QueueName moved;
    private final Client client = new Client(
            node.ids(),
            Map.of(
                    "here", new Destination(store, () -> {}, IdleWorker.NONE),
                    "elsewhere", new Destination(elsewhere, () -> {}, IdleWorker.NONE)),
            (queue, at) -> at != null && queue.equals(moved) ? "elsewhere" : "here");

    @AfterEach
    void giveTheNodeNumberBack() {
        node.close();
    }

    /** A caller of its own, which is waited for until it waits. */
    private final class Caller {
        final CompletableFuture<Receipt> receipt = new CompletableFuture<>();
        final Thread thread;
        final int number;
        volatile boolean interrupted;

        Caller(int number, String queue) {
            this.number = number;
            thread = Thread.ofPlatform().start(() -> {
                try {
                    receipt.complete(client.enqueue(KIND, number, EnqueueOptions.DEFAULT.in(queue)));
                } catch (Throwable e) {
                    receipt.completeExceptionally(e);
                }
                interrupted = Thread.currentThread().isInterrupted();
            });
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> thread.getState() == Thread.State.WAITING || receipt.isDone());
        }
    }

    /**
     * Callers who come while calls to the store are under way: that of a caller who was alone, and that of the one after it.
     * When the latter is answered they go together.
     */
    private List<Caller> callersAtTheSameTime(int number) {
        List<CountDownLatch> answers = List.of(new CountDownLatch(1), new CountDownLatch(1));
        AtomicInteger held = new AtomicInteger();
        store.beforeEnqueueAnswer(() -> {
            int call = held.getAndIncrement();
            if (call < CALLS_AT_ONCE) {
                await(answers.get(call));
            }
        });
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < CALLS_AT_ONCE + number; i++) {
            int under = Math.min(i + 1, CALLS_AT_ONCE);
            callers.add(new Caller(i, i % 2 == 0 ? "even" : "odd"));
            Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> held.get() == under);
        }
        List<Caller> together = callers.subList(CALLS_AT_ONCE, callers.size());
        whileTheyWait.accept(together);
        answers.getLast().countDown();
        together.forEach(caller -> caller.receipt
                .exceptionally(e -> null)
                .orTimeout(30, TimeUnit.SECONDS)
                .join());
        answers.getFirst().countDown();
        return together;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Consumer<List<Caller>> whileTheyWait = callers -> {};

    @Test
    void whoComesWhileOthersAreBeingStoredGoesWithTheNextCallsWhichShareThem() {
        List<Caller> callers = callersAtTheSameTime(10);
        callers.forEach(caller -> assertThat(caller.receipt.join().status()).isEqualTo(Receipt.Status.ACCEPTED));

        // With the one that is held they are 11, then 5, then 2.
        List<List<NewJob>> calls =
                store.enqueued().subList(CALLS_AT_ONCE, store.enqueued().size());
        assertThat(calls).extracting(List::size).containsExactly(6, 3, 1);
        List<NewJob> together = calls.getFirst();
        assertThat(together.stream().map(NewJob::id))
                .containsExactlyElementsOf(callersIds(together.getFirst().id(), 6));
        // Those of a queue are neighbours.
        assertThat(together.subList(0, 3).stream()
                        .map(job -> job.lane().queue())
                        .distinct())
                .hasSize(1);
    }

    /** The payloads of the jobs that the first call takes after those that were held. */
    private List<String> firstTogether() {
        return store.enqueued().get(CALLS_AT_ONCE).stream()
                .map(job -> new String(job.payload().bytes(), UTF_8))
                .toList();
    }

    private static List<JobId> callersIds(JobId first, int number) {
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            ids.add(first.plus(i));
        }
        return ids;
    }

    @Test
    void eachCallerHasTheReceiptOfItsOwnJob() {
        for (Caller caller : callersAtTheSameTime(9)) {
            JobRecord job =
                    jobs.find(TenantName.MAIN, caller.receipt.join().id()).orElseThrow();
            assertThat(new String(job.payload().bytes(), UTF_8)).isEqualTo("" + caller.number);
        }
    }

    @Test
    void whatTheStoreRefusesIsRefusedToEach() {
        whileTheyWait = callers -> store.fail(Fault.REFUSED, Verb.ENQUEUE);
        for (Caller caller : callersAtTheSameTime(5)) {
            assertThatThrownBy(caller.receipt::join)
                    .cause()
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.NONE));
        }
    }

    @Test
    void whoseAnswerIsLostKnowsItsOwnJobAndMayAskAgain() {
        whileTheyWait = callers -> store.fail(Fault.ANSWER_LOST, Verb.ENQUEUE);
        Set<JobId> asked = new HashSet<>();
        for (Caller caller : callersAtTheSameTime(5)) {
            assertThatThrownBy(caller.receipt::join).cause().isInstanceOfSatisfying(UnconfirmedException.class, e -> {
                store.heal();
                assertThat(e.prepared().jobs()).hasSize(1);
                Receipt again = client.enqueue(e.prepared()).getFirst();
                assertThat(again.status()).isEqualTo(Receipt.Status.DUPLICATE);
                assertThat(asked.add(again.id())).isTrue();
            });
        }
    }

    @Test
    void aCallThatFailsForAReasonOfItsOwnIsMadeAgainForEach() {
        whileTheyWait = callers -> store.failNext(Verb.ENQUEUE, Fault.DEFECT);
        callersAtTheSameTime(5).forEach(caller -> {
            JobId id = caller.receipt.join().id();
            assertThat(jobs.find(TenantName.MAIN, id)).isPresent();
        });
        List<NewJob> failed = store.enqueued().get(CALLS_AT_ONCE);
        assertThat(failed).hasSizeGreaterThan(1);
        assertThat(store.enqueued()).containsAll(failed.stream().map(List::of).toList());
    }

    @Test
    void anInterruptIsKeptAndEndsNoWait() throws InterruptedException {
        whileTheyWait = callers -> callers.forEach(caller -> caller.thread.interrupt());
        for (Caller caller : callersAtTheSameTime(3)) {
            assertThat(caller.receipt.join().status()).isEqualTo(Receipt.Status.ACCEPTED);
            caller.thread.join();
            assertThat(caller.interrupted).isTrue();
        }
    }

    @Test
    void whatMayBeStoredIsNotSaidToBeRefused() {
        whileTheyWait = callers -> {
            store.failNext(Verb.ENQUEUE, Fault.NONE);
            AtomicBoolean first = new AtomicBoolean(true);
            store.beforeEnqueueAnswer(() -> {
                if (first.getAndSet(false)) {
                    store.fail(Fault.REFUSED, Verb.ENQUEUE);
                    throw new IllegalStateException("a defect after the jobs were stored");
                }
            });
        };
        List<Caller> callers = callersAtTheSameTime(5);
        assertThat(firstTogether()).hasSizeGreaterThan(1);
        for (Caller caller : callers) {
            assertThatThrownBy(caller.receipt::join)
                    .cause()
                    .isInstanceOf(
                            firstTogether().contains("" + caller.number)
                                    ? UnconfirmedException.class
                                    : StoreException.class);
        }
    }

    /** Whose stack is at its end while it enqueues is in trouble, but nobody else. */
    @Test
    void aCallerWhoseStackOverflowsHitsNobodyElse() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        Thread deep = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                try {
                    enqueueDeep(0);
                } catch (StackOverflowError e) {
                    // as meant
                }
            }
        });
        Set<JobId> accepted = ConcurrentHashMap.newKeySet();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 200; n++) {
                    accepted.add(client.enqueue(KIND, n).id());
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        over.set(true);
        deep.join();
        assertThat(accepted).hasSize(800);
    }

    @SuppressWarnings("InfiniteRecursion") // as meant
    private int enqueueDeep(int depth) {
        try {
            return enqueueDeep(depth + 1) + 1;
        } catch (StackOverflowError e) {
            client.enqueue(KIND, depth);
            throw e;
        }
    }

    @Test
    void aQueueThatGetsAnotherBackendAtThisMomentHoldsNobodyUp() {
        whileTheyWait = callers -> moved = new QueueName("odd");

        List<Caller> callers = callersAtTheSameTime(6);

        assertThat(callers).extracting(caller -> caller.receipt.join().status()).containsOnly(Receipt.Status.ACCEPTED);
        assertThat(elsewhere.list(JobQuery.of(TenantName.MAIN, new QueueName("odd"))))
                .hasSize(3);
        assertThat(jobs.list(JobQuery.of(TenantName.MAIN, new QueueName("even"))))
                .hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void whateverFailsEachJobIsStoredOnceOrItsCallerKnows() throws InterruptedException {
        Set<JobId> accepted = ConcurrentHashMap.newKeySet();
        List<Thread> threads = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 24; i++) {
            SplittableRandom own = random.split();
            threads.add(Thread.ofVirtual().start(() -> {
                for (int n = 0; n < 100; n++) {
                    if (own.nextInt(40) == 0) {
                        store.failNext(Verb.ENQUEUE, FAULTS.get(own.nextInt(FAULTS.size())));
                    }
                    accepted.add(enqueued(n, "queue-" + own.nextInt(3)));
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(accepted).hasSize(2_400);
        assertThat(jobs.counts(TenantName.MAIN)).isEqualTo(Map.of(JobState.AVAILABLE, 2_400L));
        assertThat(accepted)
                .allSatisfy(id -> assertThat(jobs.find(TenantName.MAIN, id)).isPresent());
    }

    private JobId enqueued(int number, String queue) {
        PreparedJobs prepared = null;
        while (true) {
            try {
                return prepared == null
                        ? client.enqueue(KIND, number, EnqueueOptions.DEFAULT.in(queue))
                                .id()
                        : client.enqueue(prepared).getFirst().id();
            } catch (UnconfirmedException e) {
                prepared = e.prepared();
            } catch (RuntimeException e) {
                assertThat(prepared)
                        .as("once it may be stored, nothing else is said: " + e)
                        .isNull();
            }
        }
    }
}
