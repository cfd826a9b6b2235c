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
import dev.leat.engine.client.Client;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.client.IdleWorker;
import dev.leat.engine.handler.JobKind;
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
import java.util.concurrent.atomic.AtomicInteger;
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
}
