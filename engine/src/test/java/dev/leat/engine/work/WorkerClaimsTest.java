package dev.leat.engine.work;

import static dev.leat.engine.work.WorkerRig.LEASE;
import static dev.leat.engine.work.WorkerRig.NOTE;
import static dev.leat.engine.work.WorkerRig.handlers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.Retention;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.rig.Gate;
import dev.leat.engine.work.WorkerRig.Note;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a worker takes on: how much, of which kinds, queues and tenants, and how it treats suspects. */
@Timeout(120)
class WorkerClaimsTest {
    private final WorkerRig rig = new WorkerRig();
    private final Gate gate = new Gate();

    @AfterEach
    void letGo() {
        gate.open();
    }

    @Test
    void neverMoreJobsRunThanThereAreSlots() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<JobId> ids = rig.enqueue(100);
        Worker worker = rig.worker(WorkerConfig.DEFAULT.withSlots(7), handlers(NOTE, (note, job) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            gate.pass();
            running.decrementAndGet();
        }));
        for (int i = 0; i < 5; i++) {
            worker.expectJobs();
            worker.tick();
        }
        gate.awaitArrivals(7);
        assertThat(gate.uncounted()).isZero();
        assertThat(rig.jobs.counts(TenantName.MAIN, QueueName.DEFAULT)).containsEntry(JobState.RUNNING, 7L);
        gate.open();
        rig.tickUntil(worker, () -> rig.all(ids, JobState.COMPLETED));
        assertThat(most).hasValue(7);
        assertThat(rig.store.claims()).allMatch(claim -> claim.maxJobs() <= 7);
    }

    @Test
    void oneTurnSettlesAndClaims() throws Exception {
        List<JobId> ids = rig.enqueue(2);
        CountDownLatch ended = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        Worker worker = rig.worker(WorkerConfig.DEFAULT.withSlots(1), handlers(NOTE, (note, job) -> {
            threads.add(Thread.currentThread());
            ended.countDown();
        }));
        worker.tick();
        ended.await();
        threads.getFirst().join();
        assertThat(worker.tick()).as("one settled, one claimed").isEqualTo(2);
        assertThat(rig.state(ids.getFirst())).isEqualTo(JobState.COMPLETED);
        assertThat(rig.state(ids.getLast())).isNotEqualTo(JobState.AVAILABLE);
    }

    @Test
    void aClaimThatMetOthersIsMadeAgainWithoutWaitingForThePoll() {
        rig.enqueue("x");
        rig.store.contendNext(2);
        Worker worker = rig.worker((note, job) -> {});
        worker.tick();
        worker.tick();
        assertThat(rig.store.claims()).hasSize(2).doesNotHaveDuplicates();
        assertThat(worker.tick()).as("claimed").isEqualTo(1);
    }

    @Test
    void kindsWithoutAHandlerAreLeftToOthers() {
        JobKind<Note> other = JobKind.of("other", Note.class);
        JobId left = rig.client.enqueue(other, new Note("x")).id();
        JobId taken = rig.enqueue("x");
        Worker worker = rig.worker((note, job) -> {});
        rig.tickUntil(worker, taken, JobState.COMPLETED);
        assertThat(rig.state(left)).isEqualTo(JobState.AVAILABLE);
        Worker able = rig.worker(WorkerConfig.DEFAULT, handlers(other, (note, job) -> {}));
        rig.tickUntil(able, left, JobState.COMPLETED);
    }

    @Test
    void aWorkerServesItsQueuesAndTenantsAndNoOthers() {
        WorkerConfig config = new WorkerConfig(
                List.of(TenantName.MAIN, new TenantName("north")),
                List.of(new QueueName("mail"), new QueueName("bulk")),
                8,
                LEASE,
                Duration.ofSeconds(1),
                Duration.ZERO,
                1L << 20,
                Retention.DEFAULT);
        EnqueueOptions main = EnqueueOptions.DEFAULT;
        EnqueueOptions north = main.forTenant("north");
        List<JobId> mine = new ArrayList<>();
        List<JobId> foreign = new ArrayList<>();
        for (EnqueueOptions where : List.of(main.in("mail"), main.in("bulk"), north.in("mail"), north.in("bulk"))) {
            mine.add(rig.client.enqueue(NOTE, new Note("x"), where).id());
        }
        foreign.add(rig.enqueue("x"));
        foreign.add(rig.client.enqueue(NOTE, new Note("x"), north).id());
        foreign.add(rig.client
                .enqueue(NOTE, new Note("x"), main.forTenant("south").in("mail"))
                .id());
        Worker worker = rig.worker(config, handlers(NOTE, (note, job) -> {}));
        rig.tickUntil(worker, () -> rig.store.settlements().size() == mine.size());
        worker.expectJobs();
        worker.tick();
        assertThat(rig.store.settlements()).extracting(each -> each.job()).containsExactlyInAnyOrderElementsOf(mine);
        assertThat(rig.state(foreign.getFirst())).isEqualTo(JobState.AVAILABLE);
    }

    @Test
    void everyLaneComesFirstInTurn() {
        JobKind<Note> other = JobKind.of("other", Note.class);
        Handlers both = handlers(NOTE, (note, job) -> {});
        both.add(other, (note, job) -> {});
        Worker worker = rig.worker(WorkerConfig.DEFAULT, both);
        for (int i = 0; i < 4; i++) {
            worker.expectJobs();
            worker.tick();
        }
        assertThat(rig.store.claims())
                .extracting(claim -> claim.lanes().getFirst().kind().value())
                .containsSubsequence("note", "other", "note")
                .containsSubsequence("other", "note", "other");
    }

    /** What one process died of may be any of its jobs: one lease of them is out at a time, in each process. */
    @Test
    void aWorkerHoldsOneLeaseOfSuspectsAtATime() throws Exception {
        List<JobId> ids = rig.enqueue(40);
        Gate never = new Gate();
        rig.worker((note, job) -> never.pass()).tick();
        never.awaitArrivals(40);
        rig.advance(LEASE.plusSeconds(1));

        Worker worker = rig.worker((note, job) -> gate.pass());
        for (int i = 0; i < 4; i++) {
            worker.expectJobs();
            worker.tick();
        }
        gate.awaitArrivals(16);
        assertThat(rig.jobs.counts(TenantName.MAIN, QueueName.DEFAULT)).containsEntry(JobState.RUNNING, 16L);
        assertThat(rig.store.claims().getLast().suspects()).isFalse();
        gate.open();
        rig.tickUntil(worker, () -> rig.all(ids, JobState.COMPLETED));
        assertThat(ids).allSatisfy(id -> {
            assertThat(rig.find(id).attempt()).isEqualTo(1);
            assertThat(rig.find(id).crashes()).isZero();
            assertThat(rig.find(id).attempts()).extracting(run -> run.ended()).containsExactly(Ended.LOST);
        });
        never.open();
    }

    /** Else a crash with many jobs costs one poll for every 16 of them. */
    @Test
    void theNextSuspectsAreTakenAsSoonAsTheLastAreSettled() throws Exception {
        List<JobId> ids = rig.enqueue(40);
        Gate never = new Gate();
        rig.worker((note, job) -> never.pass()).tick();
        never.awaitArrivals(40);
        rig.advance(LEASE.plusSeconds(1));
        Worker worker = rig.worker((note, job) -> {});
        Awaitility.await().until(() -> {
            // Neither a poll nor a hint: both clocks stand still.
            worker.tick();
            return rig.all(ids, JobState.COMPLETED);
        });
        never.open();
    }

    /** The promise: a poison job ends discarded, and costs no neighbour an attempt. */
    @Test
    void aPoisonJobIsFoundAndNoNeighbourIsCharged() throws Exception {
        List<JobId> good = new ArrayList<>(rig.enqueue(100));
        JobId poison = rig.enqueue("poison");
        good.addAll(rig.enqueue(100));
        List<Gate> mortals = new ArrayList<>();
        boolean alive = false;
        while (!alive) {
            Gate mortal = new Gate();
            Worker worker = rig.worker(WorkerConfig.DEFAULT.withSlots(300), handlers(NOTE, (note, job) -> {
                if (note.text().equals("poison")) {
                    mortal.pass();
                }
            }));
            rig.tickUntil(
                    worker,
                    () -> mortal.uncounted() > 0
                            || (rig.state(poison) == JobState.DISCARDED && rig.all(good, JobState.COMPLETED)));
            alive = mortal.uncounted() == 0;
            if (!alive) {
                mortals.add(mortal);
                // The process is gone: nobody ticks its worker again, and what it had not settled is lost.
                rig.advance(LEASE.plusSeconds(1));
            }
        }
        mortals.forEach(Gate::open);

        JobRecord found = rig.find(poison);
        assertThat(mortals)
                .as("deaths: among all, among suspects, three times alone")
                .hasSize(5);
        assertThat(found.crashes()).isEqualTo(3);
        assertThat(found.attempt()).isEqualTo(3);
        assertThat(Objects.requireNonNull(found.failure()).message()).contains("crash 3 of at most 3");
        assertThat(good).allSatisfy(id -> {
            assertThat(rig.find(id).attempt()).isEqualTo(1);
            assertThat(rig.find(id).crashes()).isZero();
        });
        assertThat(rig.store.accepted()).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(good);
    }

    @Test
    void aClaimAsksForWhatIsFreeWithinTheBytesConfigured() throws Exception {
        rig.enqueue(3);
        Worker worker = rig.worker(WorkerConfig.DEFAULT.withSlots(5), handlers(NOTE, (note, job) -> gate.pass()));
        worker.tick();
        gate.awaitArrivals(3);
        worker.tick();
        assertThat(rig.store.claims()).as("claims, since nothing was left").hasSize(1);
        worker.expectJobs();
        worker.tick();
        assertThat(rig.store.claims()).extracting(ClaimRequest::maxJobs).containsExactly(5, 2);
        assertThat(rig.store.claims()).allMatch(claim -> claim.maxBytes() == WorkerConfig.DEFAULT.maxBytes());
    }

    /** Only the dispatcher's waits make the time pass: so each step of it is as long as it asked for. */
    @Test
    void betweenTwoPollsPassesAtMostTheTimeConfigured() throws Exception {
        CountDownLatch enough = new CountDownLatch(200);
        List<Long> polls = new CopyOnWriteArrayList<>();
        rig.clock.onWait(wait -> {
            if (Thread.currentThread().getName().equals("leat-dispatcher")) {
                rig.clock.advance(wait);
            }
        });
        rig.store.beforeClaimAnswer(() -> {
            polls.add(rig.clock.nanoTime());
            enough.countDown();
        });
        Worker worker = rig.worker((note, job) -> {});
        worker.start();
        enough.await();
        worker.close();
        long poll = WorkerConfig.DEFAULT.poll().toNanos();
        for (int i = 1; i < 200; i++) {
            assertThat(polls.get(i) - polls.get(i - 1)).isBetween(poll / 2, poll);
        }
    }
}
