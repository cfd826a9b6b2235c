package dev.leat.engine.work;

import static dev.leat.engine.work.WorkerRig.LEASE;
import static dev.leat.engine.work.WorkerRig.NOTE;
import static dev.leat.engine.work.WorkerRig.handlers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.TenantName;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.engine.client.Client;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.client.IdleWorker;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.queue.TenantQueue;
import dev.leat.engine.rig.FaultyJobStore.Fault;
import dev.leat.engine.rig.FaultyJobStore.Verb;
import dev.leat.engine.rig.Gate;
import dev.leat.engine.work.WorkerRig.Note;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A job goes to an idle worker of the process in the commit that stores it. */
@Timeout(120)
class WorkerHandoverTest {
    private static final Lane LANE = new Lane(TenantName.MAIN, QueueName.DEFAULT, NOTE.name());

    private final WorkerRig rig = new WorkerRig();
    private final Gate gate = new Gate();
    private final Set<JobId> ran = ConcurrentHashMap.newKeySet();

    @AfterEach
    void letGo() {
        gate.open();
    }

    /** That has found nothing to do. */
    private Worker idleWorker(int slots) {
        Worker worker = rig.worker(WorkerConfig.DEFAULT.withSlots(slots), handlers(NOTE, (note, job) -> {
            gate.pass();
            assertThat(ran.add(job.id())).as("runs for the first time").isTrue();
        }));
        worker.tick();
        return worker;
    }

    private JobId enqueued(Worker worker, EnqueueOptions options) {
        return rig.clientOf(worker).enqueue(NOTE, new Note("x"), options).id();
    }

    private JobId enqueued(Worker worker) {
        return enqueued(worker, EnqueueOptions.DEFAULT);
    }

    private void assertNobodyHoldsAnything() {
        rig.advance(LEASE.multipliedBy(2));
        assertThat(rig.jobs.reclaim(100).total())
                .as("jobs in leases nobody knows of")
                .isZero();
    }

    @Test
    void aJobForAnIdleWorkerRunsWithoutAClaim() throws Exception {
        Worker worker = idleWorker(2);

        JobId id = enqueued(worker);
        gate.awaitArrivals(1);

        assertThat(rig.state(id)).isEqualTo(JobState.RUNNING);
        gate.open();
        rig.tickUntil(worker, id, JobState.COMPLETED);
        assertThat(ran).containsExactly(id);
        assertThat(rig.store.accepted()).containsExactly(id);
        assertThat(rig.store.claims().getFirst().maxJobs()).isEqualTo(2);
        assertNobodyHoldsAnything();
    }

    @Test
    void whatTheWorkerMayNotRunOrNotYetIsOnlyStored() {
        Worker worker = idleWorker(2);
        JobKind<Note> other = JobKind.of("other", Note.class);

        List<JobId> stored = List.of(
                rig.clientOf(worker).enqueue(other, new Note("x")).id(),
                enqueued(worker, EnqueueOptions.DEFAULT.in("elsewhere")),
                enqueued(worker, EnqueueOptions.DEFAULT.after(Duration.ofHours(1))));

        assertThat(stored)
                .extracting(rig::state)
                .containsExactly(JobState.AVAILABLE, JobState.AVAILABLE, JobState.SCHEDULED);
    }

    /** Those that wait come first. */
    @Test
    void aWorkerThatMayHaveOtherJobsTakesNone() {
        gate.open();
        Worker worker = rig.worker(WorkerConfig.DEFAULT.withSlots(1), handlers(NOTE, (note, job) -> gate.pass()));
        JobId early = enqueued(worker);
        assertThat(rig.state(early)).as("before its first claim").isEqualTo(JobState.AVAILABLE);

        rig.tickUntil(worker, early, JobState.COMPLETED);
        worker.expectJobs();
        assertThat(worker.slot(LANE)).as("told of jobs").isEmpty();
        worker.tick();
        IdleWorker.Slot slot = worker.slot(LANE).orElseThrow();
        assertThat(worker.slot(LANE)).as("with its only slot kept").isEmpty();
        slot.free();
        slot.free();
        assertThat(worker.slot(LANE)).as("idle again").isPresent();
        assertThat(worker.slot(LANE)).isEmpty();
    }

    @Test
    void theSlotOfAJobThatIsRefusedIsFreeAgain() {
        Worker worker = idleWorker(1);
        Client client = rig.clientOf(worker);
        rig.store.failNext(Verb.ENQUEUE, Fault.REFUSED);

        assertThatThrownBy(() -> client.enqueue(NOTE, new Note("x"))).isInstanceOf(StoreException.class);

        assertThat(worker.slot(LANE)).isPresent();
    }

    @ParameterizedTest
    @EnumSource(names = {"REQUEST_LOST", "ANSWER_LOST", "DEFECT"})
    void aJobWhoseAnswerIsLostRunsOnce(Fault fault) throws Exception {
        Worker worker = idleWorker(1);
        Client client = rig.clientOf(worker);
        rig.store.failNext(Verb.ENQUEUE, fault);
        if (fault == Fault.DEFECT) {
            assertThatThrownBy(() -> client.enqueue(NOTE, new Note("x"))).isInstanceOf(IllegalStateException.class);
            worker.tick();
            client.enqueue(NOTE, new Note("x"));
        } else {
            client.enqueue(NOTE, new Note("x"));
        }
        gate.open();

        rig.tickUntil(worker, () -> rig.jobs.counts(TenantName.MAIN).equals(Map.of(JobState.COMPLETED, 1L)));
        assertThat(ran).hasSize(1);
        worker.tick();
        assertThat(worker.slot(LANE)).as("the slot is free again").isPresent();
        assertNobodyHoldsAnything();
    }

    /** As by a thread whose stack overflowed. */
    @Test
    void aSlotThatNobodyEndsComesBack() {
        Worker worker = idleWorker(1);
        ClaimRequest request = worker.slot(LANE).orElseThrow().request();
        rig.advance(Duration.ofSeconds(11));

        worker.tick();
        worker.tick();

        assertThat(rig.store.claims()).contains(request);
        worker.tick();
        assertThat(worker.slot(LANE)).isPresent();
    }

    @Test
    void aJobThatIsHandedOverToAClosingWorkerIsGivenBack() throws Exception {
        Worker worker = idleWorker(2);
        List<Thread> closer = new ArrayList<>();
        rig.store.beforeEnqueueAnswer(() -> {
            closer.add(Thread.ofPlatform().start(worker::close));
            awaitClosing(worker);
            Awaitility.await("it waits for us, or has given up")
                    .until(() -> closer.getFirst().getState() != Thread.State.RUNNABLE);
        });

        JobId id = enqueued(worker);
        closer.getFirst().join();

        assertThat(rig.state(id)).isEqualTo(JobState.AVAILABLE);
        assertThat(rig.find(id).attempt()).isZero();
        assertThat(ran).isEmpty();
    }

    private static void awaitClosing(Worker worker) {
        Optional<IdleWorker.Slot> other = worker.slot(LANE);
        while (other.isPresent()) {
            other.get().free();
            other = worker.slot(LANE);
        }
    }

    @Test
    void neverMoreJobsRunThanThereAreSlots() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        WorkerConfig config = WorkerConfig.DEFAULT.withSlots(3);
        try (Worker worker = rig.worker(config, handlers(NOTE, (note, job) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            assertThat(ran.add(job.id())).isTrue();
            running.decrementAndGet();
        }))) {
            worker.start();
            Client client = rig.clientOf(worker);
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                callers.add(Thread.ofVirtual().start(() -> {
                    for (int n = 0; n < 250; n++) {
                        client.enqueue(NOTE, new Note("x"));
                    }
                }));
            }
            for (Thread caller : callers) {
                caller.join();
            }
            Awaitility.await().until(() -> rig.store.accepted().size() == 2_000);
        }
        assertThat(most.get()).isLessThanOrEqualTo(3);
        assertThat(ran).hasSize(2_000);
        assertThat(rig.store.accepted()).doesNotHaveDuplicates();
        assertNobodyHoldsAnything();
    }

    /** A job that is told of while the only slot is kept must not wait for a poll when the slot comes back. */
    @Test
    void aSlotThatIsFreeAgainIsUsedForWhatWasToldMeanwhile() {
        AtomicInteger wakes = new AtomicInteger();
        Dispatcher dispatcher = dispatcher(List.of(new TenantQueue(TenantName.MAIN, QueueName.DEFAULT))::stream, wakes);
        dispatcher.doWork();
        IdleWorker.Slot slot = dispatcher.slot(LANE).orElseThrow();
        rig.enqueue("told");
        dispatcher.expectJobs();
        assertThat(dispatcher.doWork()).as("without a slot").isZero();

        wakes.set(0);
        slot.free();

        assertThat(wakes).hasPositiveValue();
        assertThat(dispatcher.doWork()).isOne();
    }

    /** The slot is taken between the dispatcher's look at its slots and its claim. */
    @Test
    void aJobThatIsToldOfWhileTheLastSlotIsTakenIsStillExpected() throws Exception {
        CountDownLatch checked = new CountDownLatch(1);
        CountDownLatch claiming = new CountDownLatch(1);
        CountDownLatch taken = new CountDownLatch(1);
        List<IdleWorker.Slot> slots = new ArrayList<>();
        AtomicReference<Thread> taker = new AtomicReference<>();
        AtomicReference<Thread> claimer = new AtomicReference<>();
        Dispatcher dispatcher = dispatcher(
                () -> {
                    if (Thread.currentThread().equals(taker.get())) {
                        checked.countDown();
                        await(claiming);
                    } else if (Thread.currentThread().equals(claimer.get())) {
                        claiming.countDown();
                        await(taken);
                    }
                    return Stream.of(new TenantQueue(TenantName.MAIN, QueueName.DEFAULT));
                },
                new AtomicInteger());
        dispatcher.doWork();
        Thread thread = Thread.ofPlatform().unstarted(() -> {
            slots.add(dispatcher.slot(LANE).orElseThrow());
            taken.countDown();
        });
        taker.set(thread);
        thread.start();
        await(checked);
        rig.enqueue("told");
        dispatcher.expectJobs();
        claimer.set(Thread.currentThread());
        dispatcher.doWork();
        thread.join();

        slots.getFirst().free();

        assertThat(dispatcher.doWork()).as("jobs that are claimed").isOne();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** With one slot. */
    private Dispatcher dispatcher(Supplier<Stream<TenantQueue>> queues, AtomicInteger wakes) {
        return new Dispatcher(
                rig.store,
                handlers(NOTE, (note, job) -> gate.pass()),
                WorkerConfig.DEFAULT.withSlots(1),
                () -> queues.get().toList(),
                new LeaseKeeper(rig.store, rig.clock, LEASE),
                rig.clock,
                () -> 1,
                HandlerThreads.VIRTUAL,
                wakes::incrementAndGet);
    }

    /** What is told of while a claim is under way may be more than that claim hands out, and comes first. */
    @Test
    void nobodyIsHandedOverWhileAClaimIsUnderWay() throws Exception {
        Worker worker = idleWorker(2);
        JobId running = enqueued(worker);
        gate.awaitArrivals(1);
        worker.expectJobs();
        AtomicBoolean given = new AtomicBoolean();
        rig.store.beforeClaimAnswer(() -> {
            gate.open();
            Awaitility.await().until(() -> ran.contains(running));
            given.set(worker.slot(LANE).isPresent());
        });

        worker.tick();

        assertThat(given).isFalse();
    }

    /** The request was sent again, in vain, before the call that stored the job came to its end. */
    @Test
    void aJobThatIsHandedOverTooLateIsGivenBack() {
        gate.open();
        Worker worker = idleWorker(1);
        rig.store.beforeEnqueue(() -> {
            rig.advance(Duration.ofSeconds(11));
            worker.tick();
            worker.tick();
        });

        JobId id = enqueued(worker);

        rig.tickUntil(worker, id, JobState.COMPLETED);
        assertThat(ran).containsExactly(id);
        assertNobodyHoldsAnything();
    }

    /** The request was sent again, and handed the job out, before the caller heard of it. */
    @Test
    void aJobThatRunsAlreadyIsNotGivenBack() throws Exception {
        Worker worker = idleWorker(1);
        rig.store.beforeEnqueueAnswer(() -> {
            rig.advance(Duration.ofSeconds(11));
            worker.tick();
            worker.tick();
        });

        JobId id = enqueued(worker);
        gate.awaitArrivals(1);
        worker.tick();

        assertThat(rig.state(id)).isEqualTo(JobState.RUNNING);
        gate.open();
        rig.tickUntil(worker, id, JobState.COMPLETED);
        assertThat(ran).containsExactly(id);
        assertNobodyHoldsAnything();
    }

    @Test
    void aCallerWhoseStackOverflowsHarmsNoJobAndNoSlot() throws InterruptedException {
        gate.open();
        Worker worker = idleWorker(1);
        for (int spare = 0; spare < 400; spare += 4) {
            IdleWorker.Slot slot = worker.slot(LANE).orElseThrow();
            NewJob job = rig.client
                    .prepare(NOTE, List.of(new Note("deep")), EnqueueOptions.DEFAULT)
                    .jobs()
                    .getFirst();
            Lease lease = rig.jobs.enqueueAndClaim(job, slot.request()).lease();
            int frames = spare;
            Thread deep =
                    new Thread(null, () -> nearTheEndOfTheStack(frames, () -> slot.take(lease)), "deep", 256 << 10);
            deep.setUncaughtExceptionHandler((thread, e) -> {});
            deep.start();
            deep.join();
            rig.advance(Duration.ofSeconds(11));
            rig.tickUntil(worker, job.id(), JobState.COMPLETED);
            worker.tick();
            worker.tick();
        }
        assertThat(worker.slot(LANE)).isPresent();
        assertThat(worker.slot(LANE)).isEmpty();
        assertNobodyHoldsAnything();
    }

    /** With so many frames to spare. */
    private static int nearTheEndOfTheStack(int frames, Runnable what) {
        int left;
        try {
            left = frames < 0 ? 0 : nearTheEndOfTheStack(frames, what);
        } catch (StackOverflowError e) {
            left = frames;
        }
        if (left == 0) {
            runOnce(what);
        }
        return left - 1;
    }

    private static void runOnce(Runnable what) {
        try {
            what.run();
        } catch (StackOverflowError e) {
            // as meant
        }
    }
}
