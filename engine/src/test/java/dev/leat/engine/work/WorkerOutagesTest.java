package dev.leat.engine.work;

import static dev.leat.engine.work.WorkerRig.LEASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.StoreException;
import dev.leat.api.store.ClaimRequest;
import dev.leat.engine.handler.Handler;
import dev.leat.engine.rig.FaultyJobStore.Fault;
import dev.leat.engine.rig.FaultyJobStore.Verb;
import dev.leat.engine.rig.Gate;
import dev.leat.engine.work.WorkerRig.Note;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The store fails before it has heard, or after it has done what was asked: nothing is lost and nothing is done twice. */
@Timeout(120)
class WorkerOutagesTest {
    private final WorkerRig rig = new WorkerRig();
    private final Gate gate = new Gate();
    private final BlockingQueue<Thread> ran = new LinkedBlockingQueue<>();

    @AfterEach
    void letGo() {
        gate.open();
    }

    /** A handler that tells of each run; when {@link #ended} has returned for it, its outcome waits to be settled. */
    private Handler<Note> telling() {
        return (note, job) -> ran.add(Thread.currentThread());
    }

    private void ended(int runs) throws InterruptedException {
        for (int i = 0; i < runs; i++) {
            Thread thread = ran.poll(1, TimeUnit.MINUTES);
            if (thread == null) {
                throw new AssertionError("only " + i + " of " + runs + " ran");
            }
            thread.join();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSED", "REQUEST_LOST", "ANSWER_LOST", "DEFECT"})
    void aTurnThatFailsIsAskedAgainAsItWas(Fault fault) throws Exception {
        List<JobId> first = rig.enqueue(5);
        Worker worker = rig.worker(telling());
        worker.tick();
        ended(5);
        List<JobId> second = rig.enqueue(3);
        worker.expectJobs();
        rig.store.failNext(Verb.SETTLE_AND_CLAIM, fault, fault);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(worker::tick).isInstanceOf(RuntimeException.class);
        }
        worker.tick();
        ended(3);
        rig.tickUntil(worker, () -> rig.all(second, JobState.COMPLETED));

        assertThat(rig.all(first, JobState.COMPLETED)).isTrue();
        assertThat(rig.store.accepted()).hasSize(8).doesNotHaveDuplicates();
        assertThat(ran).as("no job ran twice").isEmpty();
        List<ClaimRequest> claims = rig.store.claims();
        assertThat(claims.subList(1, 4))
                .extracting(ClaimRequest::claimId)
                .containsOnly(claims.get(1).claimId());
        assertThat(claims.get(4).claimId()).isNotEqualTo(claims.get(1).claimId());
        rig.advance(LEASE.multipliedBy(2));
        assertThat(rig.jobs.reclaim(100).total())
                .as("jobs in leases nobody knows of")
                .isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSED", "REQUEST_LOST", "ANSWER_LOST"})
    void theFirstClaimMayFailToo(Fault fault) throws Exception {
        List<JobId> ids = rig.enqueue(5);
        Worker worker = rig.worker(telling());
        rig.store.failNext(Verb.SETTLE_AND_CLAIM, fault);
        assertThatThrownBy(worker::tick).isInstanceOf(StoreException.class);
        worker.tick();
        ended(5);
        rig.tickUntil(worker, () -> rig.all(ids, JobState.COMPLETED));
        assertThat(ran).isEmpty();
        assertThat(ids).allSatisfy(id -> assertThat(rig.find(id).attempt()).isEqualTo(1));
    }

    @Test
    void whatWasFinishedWhileTheStoreWasDownIsSettledWhenItIsBack() throws Exception {
        List<JobId> ids = rig.enqueue(50);
        Worker worker = rig.worker((note, job) -> {
            gate.pass();
            ran.add(Thread.currentThread());
        });
        worker.tick();
        gate.awaitArrivals(50);
        rig.store.fail(Fault.REQUEST_LOST);
        gate.open();
        ended(50);
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(worker::tick).isInstanceOf(StoreException.class);
        }
        rig.store.heal();
        worker.tick();
        assertThat(rig.all(ids, JobState.COMPLETED)).isTrue();
        assertThat(rig.store.accepted()).hasSize(50).doesNotHaveDuplicates();
    }

    /** Outcomes come in while a turn is asked again: all are settled, each once. */
    @Test
    void outcomesThatComeInMeanwhileJoinTheTurnThatIsAskedAgain() throws Exception {
        List<JobId> ids = rig.enqueue(2);
        Worker worker = rig.worker((note, job) -> {
            if (note.text().equals("note 1")) {
                gate.pass();
            }
            ran.add(Thread.currentThread());
        });
        worker.tick();
        ended(1);
        worker.expectJobs();
        rig.store.failNext(Verb.SETTLE_AND_CLAIM, Fault.ANSWER_LOST);
        assertThatThrownBy(worker::tick).isInstanceOf(StoreException.class);
        gate.open();
        ended(1);
        worker.tick();
        assertThat(rig.all(ids, JobState.COMPLETED)).isTrue();
        assertThat(rig.store.accepted()).hasSize(2).doesNotHaveDuplicates();
    }

    /** A claim is often under way when the store goes away; what it hands out after a long outage must not be stopped. */
    @Test
    void aClaimThatIsAnsweredAfterALongOutageRunsItsJobs() throws Exception {
        AtomicInteger interrupted = new AtomicInteger();
        Worker worker = rig.worker((note, job) -> {
            try {
                gate.pass();
            } catch (InterruptedException e) {
                interrupted.incrementAndGet();
            }
        });
        rig.store.fail(Fault.REQUEST_LOST, Verb.SETTLE_AND_CLAIM);
        assertThatThrownBy(worker::tick).isInstanceOf(StoreException.class);
        JobId id = rig.enqueue("x");
        rig.advance(Duration.ofMinutes(10));
        rig.store.heal();
        worker.tick();
        gate.awaitArrivals(1);
        worker.tick();
        gate.open();
        rig.tickUntil(worker, id, JobState.COMPLETED);
        assertThat(interrupted).hasValue(0);
        assertThat(rig.find(id).attempts()).isEmpty();
    }

    /** The lease that a lost answer told of ended long ago: its jobs come back, and are charged nothing. */
    @Test
    void aLeaseThatEndedBeforeItsAnswerCameIsNobodys() throws Exception {
        JobId id = rig.enqueue("x");
        Worker worker = rig.worker(telling());
        rig.store.failNext(Verb.SETTLE_AND_CLAIM, Fault.ANSWER_LOST);
        assertThatThrownBy(worker::tick).isInstanceOf(StoreException.class);
        rig.advance(Duration.ofMinutes(10));
        rig.tickUntil(worker, id, JobState.COMPLETED);
        assertThat(rig.find(id).attempt()).isEqualTo(1);
        assertThat(rig.find(id).crashes()).isZero();
    }
}
