package dev.leat.engine.work;

import static dev.leat.engine.work.WorkerRig.LEASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.StoreException;
import dev.leat.engine.rig.FaultyJobStore.Fault;
import dev.leat.engine.rig.FaultyJobStore.Verb;
import dev.leat.engine.rig.Gate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who holds a lease keeps it while a handler runs; who has lost it stops, and settles nothing. */
@Timeout(120)
class WorkerLeasesTest {
    private static final Duration STEP = LEASE.dividedBy(6);

    private final WorkerRig rig = new WorkerRig();
    private final Gate gate = new Gate();

    @AfterEach
    void letGo() {
        gate.open();
    }

    @Test
    void aLongJobIsNeverTakenFromItsWorker() throws Exception {
        JobId id = rig.enqueue("long");
        Worker busy = rig.worker((note, job) -> {
            gate.pass();
            job.result("done");
        });
        Worker idle = rig.worker((note, job) -> job.result("stolen"));
        busy.tick();
        gate.awaitArrivals(1);
        for (int i = 0; i < 60; i++) {
            rig.advance(STEP);
            busy.tick();
            idle.expectJobs();
            idle.tick();
        }
        gate.open();
        rig.tickUntil(busy, id, JobState.COMPLETED);
        assertThat(rig.find(id).result()).isEqualTo(Payload.json("\"done\""));
        assertThat(rig.find(id).attempts()).isEmpty();
    }

    @Test
    void onlyWhatATimeHasPassedOverIsRenewed() throws Exception {
        rig.enqueue("long");
        Worker worker = rig.worker((note, job) -> gate.pass());
        int[] renewals = {0};
        rig.store.beforeRenew(() -> renewals[0]++);
        worker.tick();
        gate.awaitArrivals(1);
        rig.advance(LEASE.dividedBy(3).minusMillis(1));
        worker.tick();
        assertThat(renewals[0]).isZero();
        rig.advance(Duration.ofMillis(1));
        worker.tick();
        worker.tick();
        assertThat(renewals[0]).isEqualTo(1);
    }

    @Test
    void aLostLeaseInterruptsItsHandlerWhoseOutcomeIsDropped() throws Exception {
        CompletableFuture<Thread> stopped = new CompletableFuture<>();
        JobId id = rig.enqueue("x");
        Worker slow = rig.worker((note, job) -> {
            try {
                gate.pass();
            } catch (InterruptedException e) {
                stopped.complete(Thread.currentThread());
                job.result("late");
            }
        });
        slow.tick();
        gate.awaitArrivals(1);
        // A pause of the whole process: neither its keeper nor its handler got to run.
        rig.advance(LEASE.plusSeconds(1));
        Worker other = rig.worker((note, job) -> job.result("in time"));
        rig.tickUntil(other, id, JobState.COMPLETED);

        slow.tick();
        stopped.get(1, TimeUnit.MINUTES).join();
        slow.tick();
        assertThat(rig.find(id).result()).isEqualTo(Payload.json("\"in time\""));
        assertThat(rig.store.settlements())
                .as("the late outcome is not even sent")
                .hasSize(1);
        JobId next = rig.enqueue("y");
        rig.tickUntil(slow, () -> gate.uncounted() == 1);
        assertThat(rig.state(next)).as("its slot is free again").isEqualTo(JobState.RUNNING);
    }

    @Test
    void whatCannotBeRenewedIsStoppedBeforeTheStoreMayGiveItAway() throws Exception {
        CompletableFuture<Thread> stopped = new CompletableFuture<>();
        JobId id = rig.enqueue("x");
        Worker worker = rig.worker((note, job) -> {
            try {
                gate.pass();
            } catch (InterruptedException e) {
                stopped.complete(Thread.currentThread());
                throw e;
            }
        });
        worker.tick();
        gate.awaitArrivals(1);
        rig.store.fail(Fault.REQUEST_LOST, Verb.RENEW);
        rig.advance(LEASE.dividedBy(3).plusMillis(1));
        assertThatThrownBy(worker::tick).isInstanceOf(StoreException.class);
        assertThat(stopped).as("there is time for another try").isNotDone();
        rig.advance(LEASE.dividedBy(3));
        assertThatThrownBy(worker::tick).isInstanceOf(StoreException.class);
        stopped.get(1, TimeUnit.MINUTES).join();
        assertThat(rig.state(id)).as("by the store's clock it is still held").isEqualTo(JobState.RUNNING);
        rig.store.heal();
        worker.tick();
        assertThat(rig.store.settlements()).isEmpty();
    }

    @Test
    void aLeaseThatStaysBusyEndsAsIfItWasNotRenewed() throws Exception {
        CompletableFuture<Thread> stopped = new CompletableFuture<>();
        rig.enqueue("x");
        Worker worker = rig.worker((note, job) -> {
            try {
                gate.pass();
            } catch (InterruptedException e) {
                stopped.complete(Thread.currentThread());
                throw e;
            }
        });
        worker.tick();
        gate.awaitArrivals(1);
        rig.store.busy(true);
        rig.advance(LEASE.dividedBy(3));
        worker.tick();
        assertThat(stopped).as("there is time for another try").isNotDone();
        rig.advance(LEASE.dividedBy(3));
        worker.tick();
        stopped.get(1, TimeUnit.MINUTES).join();
    }

    @Test
    void aLeaseThatIsNoLongerBusyIsRenewedAtTheNextTry() throws Exception {
        JobId id = rig.enqueue("x");
        Worker worker = rig.worker((note, job) -> gate.pass());
        worker.tick();
        gate.awaitArrivals(1);
        rig.store.busy(true);
        rig.advance(LEASE.dividedBy(2));
        worker.tick();
        rig.store.busy(false);
        worker.tick();
        rig.advance(LEASE.dividedBy(2));
        gate.open();
        rig.tickUntil(worker, id, JobState.COMPLETED);
    }

    @Test
    void aRenewalWhoseAnswerIsLostCountsAsNone() throws Exception {
        CompletableFuture<Boolean> stopped = new CompletableFuture<>();
        rig.enqueue("x");
        Worker worker = rig.worker((note, job) -> {
            try {
                gate.pass();
            } catch (InterruptedException e) {
                stopped.complete(true);
            }
        });
        worker.tick();
        gate.awaitArrivals(1);
        rig.store.fail(Fault.ANSWER_LOST, Verb.RENEW);
        rig.advance(LEASE.dividedBy(3).multipliedBy(2));
        assertThatThrownBy(worker::tick).isInstanceOf(StoreException.class);
        assertThat(stopped.get(1, TimeUnit.MINUTES)).isTrue();
    }

    /** A store that hangs must not hold up what guards against it. */
    @Test
    void whileARenewalHangsOverdueHandlersAreStoppedAllTheSame() throws Exception {
        CompletableFuture<Boolean> stopped = new CompletableFuture<>();
        Gate hanging = new Gate();
        rig.enqueue("x");
        Worker worker = rig.worker((note, job) -> {
            try {
                gate.pass();
            } catch (InterruptedException e) {
                stopped.complete(true);
            }
        });
        rig.store.beforeRenew(hanging::passStubbornly);
        worker.start();
        gate.awaitArrivals(1);
        passTimeOf("lease-keeper");
        hanging.awaitArrivals(1);
        passTimeOf("lease-watch");
        assertThat(stopped.get(1, TimeUnit.MINUTES)).isTrue();
        hanging.open();
        worker.close();
    }

    /** As long as a duty waits for it, whether it waits already or was about to. */
    private void passTimeOf(String duty) {
        rig.clock.onWait(wait -> {
            if (Thread.currentThread().getName().equals("leat-" + duty)) {
                rig.clock.advance(wait);
            }
        });
        rig.clock.advance(LEASE.dividedBy(10));
    }

    @Test
    void ofALeaseInPartsOnlyWhatStillRunsIsKept() throws Exception {
        List<JobId> ids = rig.enqueue(20);
        Worker worker = rig.worker((note, job) -> {
            if (note.text().equals("note 7")) {
                gate.pass();
            }
        });
        rig.tickUntil(worker, () -> rig.store.accepted().size() == 19);
        gate.awaitArrivals(1);
        rig.advance(STEP.multipliedBy(3));
        worker.tick();
        rig.advance(STEP.multipliedBy(4));
        Worker other = rig.worker((note, job) -> {});
        other.tick();
        assertThat(rig.state(ids.get(7))).isEqualTo(JobState.RUNNING);
        gate.open();
        rig.tickUntil(worker, ids.get(7), JobState.COMPLETED);
        assertThat(rig.find(ids.get(7)).attempts()).isEmpty();
    }
}
