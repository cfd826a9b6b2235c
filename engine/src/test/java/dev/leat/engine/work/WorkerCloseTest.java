package dev.leat.engine.work;

import static dev.leat.engine.work.WorkerRig.NOTE;
import static dev.leat.engine.work.WorkerRig.handlers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.TenantName;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.engine.rig.FaultyJobStore.Fault;
import dev.leat.engine.rig.FaultyJobStore.Verb;
import dev.leat.engine.rig.Gate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker that closes gives everything back: finished, or as if it had never been taken. */
@Timeout(120)
class WorkerCloseTest {
    /** A clock that jumps over the grace leaves no time to renew a shorter one. */
    private static final WorkerConfig LONG_LEASE = WorkerConfig.DEFAULT.withLease(Duration.ofHours(1));

    private final WorkerRig rig = new WorkerRig();
    private final Gate gate = new Gate();
    private final Thread closer = Thread.currentThread();

    @AfterEach
    void letGo() {
        gate.open();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatEndsWithinTheGraceIsKept(boolean started) throws Exception {
        List<JobId> ids = rig.enqueue(10);
        Worker worker = rig.worker((note, job) -> gate.pass());
        begin(worker, started);
        gate.awaitArrivals(10);
        rig.clock.onWait(wait -> gate.open());
        worker.close();
        assertThat(rig.all(ids, JobState.COMPLETED)).isTrue();
    }

    private void begin(Worker worker, boolean started) {
        if (started) {
            worker.start();
        } else {
            worker.tick();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatTakesLongerIsInterruptedAndGivenBackForFree(boolean started) throws Exception {
        List<JobId> ids = rig.enqueue(10);
        Worker worker = rig.worker(LONG_LEASE, handlers(NOTE, (note, job) -> gate.pass()));
        begin(worker, started);
        gate.awaitArrivals(10);
        passGrace();
        worker.close();
        assertThat(ids).allSatisfy(id -> {
            assertThat(rig.state(id)).isEqualTo(JobState.AVAILABLE);
            assertThat(rig.find(id).attempt()).isZero();
            assertThat(rig.find(id).attempts()).extracting(run -> run.ended()).containsExactly(Ended.RELEASED);
        });
        Worker next = rig.worker((note, job) -> {});
        rig.tickUntil(next, () -> rig.all(ids, JobState.COMPLETED));
        assertThat(ids).allSatisfy(id -> assertThat(rig.find(id).attempt()).isEqualTo(1));
    }

    /** The time of grace passes as soon as close() waits for it; what it waits for after that takes real time. */
    private void passGrace() {
        CompletableFuture<Boolean> passed = new CompletableFuture<>();
        rig.clock.onWait(wait -> {
            if (isCloser() && passed.complete(true)) {
                rig.clock.advance(WorkerConfig.DEFAULT.grace());
            }
        });
    }

    private boolean isCloser() {
        return Thread.currentThread().equals(closer);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHandlerThatDoesNotStopIsLeftBehindAndItsOutcomeDropped(boolean started) throws Exception {
        JobId id = rig.enqueue("stubborn");
        CompletableFuture<Thread> running = new CompletableFuture<>();
        Worker worker = rig.worker(LONG_LEASE, handlers(NOTE, (note, job) -> {
            running.complete(Thread.currentThread());
            gate.passStubbornly();
            job.result("late");
        }));
        begin(worker, started);
        gate.awaitArrivals(1);
        // Through the grace and the wait after the interrupts, and no further: what is given back is settled in real
        // time.
        timeFliesForTheCloser(31);
        worker.close();
        assertThat(rig.state(id)).isEqualTo(JobState.AVAILABLE);
        assertThat(rig.find(id).attempt()).isZero();
        rig.tickUntil(rig.worker((note, job) -> job.result("in time")), id, JobState.COMPLETED);
        gate.open();
        running.get(1, TimeUnit.MINUTES).join();
        assertThat(rig.store.accepted()).containsExactly(id, id);
        assertThat(rig.find(id).result()).isEqualTo(Payload.json("\"in time\""));
    }

    private void timeFliesForTheCloser(int seconds) {
        AtomicInteger left = new AtomicInteger(seconds);
        rig.clock.onWait(wait -> {
            if (isCloser() && left.getAndDecrement() > 0) {
                rig.clock.advance(Duration.ofSeconds(1));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStoreThatIsDownDoesNotHoldUpTheEnd(boolean started) throws Exception {
        JobId id = rig.enqueue("x");
        Worker worker = rig.worker((note, job) -> gate.pass());
        begin(worker, started);
        gate.awaitArrivals(1);
        rig.store.fail(Fault.REQUEST_LOST);
        timeFliesForTheCloser(60);
        worker.close();
        assertThat(rig.state(id)).as("it comes back when its lease ends").isEqualTo(JobState.RUNNING);
        rig.store.heal();
        rig.advance(WorkerRig.LEASE.plusSeconds(1));
        rig.tickUntil(rig.worker((note, job) -> {}), id, JobState.COMPLETED);
    }

    @Test
    void outcomesThatWaitForAStoreThatIsDownAreSettledIfItIsBackInTime() throws Exception {
        List<JobId> ids = rig.enqueue(5);
        Worker worker = rig.worker((note, job) -> gate.pass());
        worker.tick();
        gate.awaitArrivals(5);
        rig.store.failNext(Verb.SETTLE, Fault.REQUEST_LOST, Fault.ANSWER_LOST);
        gate.open();
        worker.close();
        assertThat(rig.all(ids, JobState.COMPLETED)).isTrue();
        assertThat(rig.store.accepted()).doesNotHaveDuplicates();
    }

    /** The claim was sent, the answer is under way, and just now the worker is told to stop. */
    @Test
    void whatAClaimUnderWayHandsOutWhileTheWorkerClosesIsGivenBack() throws Exception {
        List<JobId> ids = rig.enqueue(5);
        Worker worker = rig.worker((note, job) -> gate.pass());
        Gate answer = new Gate();
        rig.store.beforeClaimAnswer(answer::passStubbornly);
        worker.start();
        answer.awaitArrivals(1);
        Thread closing = Thread.ofPlatform().name("closer").start(worker::close);
        long before = rig.clock.looks();
        Awaitility.await().until(() -> rig.clock.looks() > before + 50);
        assertThat(closing.isAlive()).isTrue();
        answer.open();
        closing.join();
        assertThat(gate.uncounted()).as("handlers called").isZero();
        assertThat(rig.all(ids, JobState.AVAILABLE)).isTrue();
        assertThat(ids).allSatisfy(id -> assertThat(rig.find(id).attempt()).isZero());
    }

    /** The same, and the answer is lost: the worker asks again, so that its jobs need not wait for the lease's end. */
    @Test
    void aClaimWhoseAnswerWasLostIsAskedAgainEvenWhenClosing() throws Exception {
        List<JobId> ids = rig.enqueue(5);
        Worker worker = rig.worker((note, job) -> gate.pass());
        rig.store.failNext(Verb.SETTLE_AND_CLAIM, Fault.ANSWER_LOST);
        assertThatThrownBy(worker::tick).isInstanceOf(StoreException.class);
        assertThat(rig.all(ids, JobState.RUNNING)).isTrue();
        worker.close();
        assertThat(rig.all(ids, JobState.AVAILABLE)).isTrue();
        assertThat(gate.uncounted()).isZero();
    }

    /** Nothing runs, so there is nothing to have grace with. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anIdleWorkerWhoseStoreIsDownClosesWithoutAGrace(boolean started) {
        Worker worker = rig.worker((note, job) -> {});
        rig.store.fail(Fault.REQUEST_LOST);
        if (started) {
            worker.start();
            Awaitility.await().until(() -> !rig.store.claims().isEmpty());
        } else {
            assertThatThrownBy(worker::tick).isInstanceOf(StoreException.class);
        }
        long before = rig.clock.nanoTime();
        timeFliesForTheCloser(60);
        worker.close();
        assertThat(Duration.ofNanos(rig.clock.nanoTime() - before)).isLessThan(Duration.ofSeconds(7));
    }

    /** Grace is for what runs; what has ended only waits for the store. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatHasEndedAndCannotBeSettledCostsNoGrace(boolean started) throws Exception {
        JobId id = rig.enqueue("x");
        Worker worker = rig.worker((note, job) -> gate.pass());
        begin(worker, started);
        gate.awaitArrivals(1);
        rig.store.fail(Fault.REQUEST_LOST, Verb.SETTLE, Verb.SETTLE_AND_CLAIM);
        CountDownLatch backsOff = new CountDownLatch(1);
        rig.clock.onWait(wait -> {
            if (Thread.currentThread().getName().equals("leat-dispatcher")
                    && !rig.store.settlements().isEmpty()) {
                backsOff.countDown();
            }
        });
        gate.open();
        if (started) {
            backsOff.await();
        } else {
            Awaitility.await()
                    .until(() -> catchThrowable(worker::tick) != null
                            && !rig.store.settlements().isEmpty());
        }
        long before = rig.clock.nanoTime();
        timeFliesForTheCloser(60);
        worker.close();
        assertThat(Duration.ofNanos(rig.clock.nanoTime() - before)).isLessThan(Duration.ofSeconds(7));
        assertThat(rig.state(id)).as("it comes back when its lease ends").isEqualTo(JobState.RUNNING);
    }

    @Test
    void nothingIsClaimedAfterTheEndAndClosingTwiceIsFine() {
        Worker worker = rig.worker((note, job) -> {});
        worker.close();
        worker.close();
        JobId id = rig.enqueue("x");
        worker.expectJobs();
        worker.tick();
        assertThat(rig.state(id)).isEqualTo(JobState.AVAILABLE);
        assertThatThrownBy(worker::start).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aStartedWorkerIsNotStartedAgain() {
        Worker worker = rig.worker((note, job) -> {});
        worker.start();
        assertThatThrownBy(worker::start).isInstanceOf(IllegalStateException.class);
        worker.close();
    }

    /** With hundreds of jobs ending while it closes, none is left in a lease. */
    @Test
    void closingInTheMiddleOfTheWorkLeavesNothingRunning() throws Exception {
        for (int round = 0; round < 20; round++) {
            List<JobId> ids = rig.enqueue(300);
            Worker worker = rig.worker(WorkerConfig.DEFAULT.withSlots(50), handlers(NOTE, (note, job) -> {}));
            worker.start();
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(1, TimeUnit.MILLISECONDS)
                    .until(() -> rig.store.accepted().size() > 10);
            worker.close();
            assertThat(rig.jobs.counts(TenantName.MAIN, QueueName.DEFAULT).getOrDefault(JobState.RUNNING, 0L))
                    .isZero();
            assertThat(ids)
                    .allSatisfy(id -> assertThat(rig.find(id).attempts())
                            .extracting(run -> run.ended())
                            .doesNotContain(Ended.LOST, Ended.FAILED));
            rig.store.accepted().clear();
        }
    }
}
