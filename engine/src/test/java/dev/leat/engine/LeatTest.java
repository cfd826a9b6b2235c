package dev.leat.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.StoreException;
import dev.leat.api.TenantName;
import dev.leat.api.store.JobRecord;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.client.Receipt;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.id.NodeLease;
import dev.leat.engine.memory.InMemoryControlStore;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.testkit.StoreClock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LeatTest {
    private static final JobKind<Note> NOTE = JobKind.of("note", Note.class);
    /** So long that no test passes because of a poll. */
    private static final WorkerConfig SLOW_POLL = WorkerConfig.DEFAULT.withPoll(Duration.ofMinutes(1));

    private final StoreClock clock = new StoreClock();
    private final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    private final InMemoryControlStore control = new InMemoryControlStore(clock);

    record Note(String text) {}

    private JobRecord find(JobId id) {
        return jobs.find(TenantName.MAIN, id).orElseThrow();
    }

    private void awaitCompleted(List<JobId> ids) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> ids.stream().allMatch(id -> find(id).state() == JobState.COMPLETED));
    }

    @Test
    void aJobIsEnqueuedAndRunAndItsResultKept() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        try (Leat leat = Leat.open(jobs, control)) {
            leat.handle(NOTE, (note, job) -> {
                        job.result(note.text().length());
                        ran.countDown();
                    })
                    .start();
            JobId id = leat.enqueue(NOTE, new Note("hello")).id();
            ran.await();
            awaitCompleted(List.of(id));
            assertThat(find(id).result()).isEqualTo(Payload.json("5"));
        }
    }

    @Test
    void aWakeUpHasAJobRunWithoutWaitingForThePoll() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(2);
        try (Leat leat = Leat.open(jobs, control, SLOW_POLL)) {
            leat.handle(NOTE, (note, job) -> {
                        first.countDown();
                        second.countDown();
                    })
                    .start();
            JobId one = leat.enqueue(NOTE, new Note("one")).id();
            first.await();
            awaitCompleted(List.of(one));
            JobId two = leat.enqueue(NOTE, new Note("two")).id();
            second.await();
            awaitCompleted(List.of(two));
        }
    }

    @Test
    void whatAnotherEngineEnqueuedRunsAfterCommittedIsSaid() {
        try (Leat worker = Leat.open(jobs, control, SLOW_POLL);
                Leat producer = Leat.open(jobs, control)) {
            worker.handle(NOTE, (note, job) -> {}).start();
            JobId early = worker.enqueue(NOTE, new Note("to see the first claim done"))
                    .id();
            awaitCompleted(List.of(early));
            JobId id = producer.enqueue(NOTE, new Note("x")).id();
            worker.committed();
            awaitCompleted(List.of(id));
            producer.committed();
        }
    }

    @Test
    void twoEnginesOnTheSameStoresShareTheWork() {
        CyclicBarrier bothAtWork = new CyclicBarrier(2);
        Set<String> byA = ConcurrentHashMap.newKeySet();
        Set<String> byB = ConcurrentHashMap.newKeySet();
        WorkerConfig config = WorkerConfig.DEFAULT.withSlots(2).withPoll(Duration.ofMillis(10));
        try (Leat a = Leat.open(jobs, control, config);
                Leat b = Leat.open(jobs, control, config)) {
            a.handle(NOTE, (note, job) -> take(note, byA, bothAtWork)).start();
            b.handle(NOTE, (note, job) -> take(note, byB, bothAtWork)).start();
            List<Note> notes =
                    IntStream.range(0, 200).mapToObj(n -> new Note("note " + n)).toList();
            List<JobId> ids =
                    a.enqueueAll(NOTE, notes).stream().map(Receipt::id).toList();
            awaitCompleted(ids);
            assertThat(byA).isNotEmpty().doesNotContainAnyElementsOf(byB);
            assertThat(byB).isNotEmpty();
            assertThat(byA.size() + byB.size()).isEqualTo(200);
            assertThat(ids).allSatisfy(id -> assertThat(find(id).attempt()).isEqualTo(1));
            assertThat(ids.stream().map(id -> find(id).worker()).distinct()).hasSize(2);
        }
    }

    /** The first job of each engine waits for the other's. */
    private static void take(Note note, Set<String> mine, CyclicBarrier bothAtWork) throws Exception {
        boolean first;
        synchronized (mine) {
            first = mine.isEmpty();
            assertThat(mine.add(note.text())).isTrue();
        }
        if (first) {
            bothAtWork.await();
        }
    }

    @Test
    void anEngineWithoutHandlersEnqueuesOnly() {
        try (Leat leat = Leat.open(jobs, control)) {
            assertThatThrownBy(leat::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no kind is handled; call handle(kind, handler) first");
            JobId id = leat.enqueue(NOTE, new Note("x")).id();
            leat.committed();
            assertThat(find(id).state()).isEqualTo(JobState.AVAILABLE);
        }
    }

    @Test
    void handlersAreGivenBeforeTheStartAndOnceForEachKind() {
        try (Leat leat = Leat.open(jobs, control)) {
            leat.handle(NOTE, (note, job) -> {});
            assertThatThrownBy(() -> leat.handle(NOTE, (note, job) -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("\"note\" has a handler already");
            leat.start();
            assertThatThrownBy(() -> leat.handle(JobKind.of("other", Note.class), (note, job) -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("before start()");
            assertThatThrownBy(leat::start).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aHandledKindCanBeEnqueuedByName() {
        try (Leat leat = Leat.open(jobs, control)) {
            leat.handle(NOTE, (note, job) -> job.result(note.text())).start();
            JobId id = leat.client()
                    .enqueue(NOTE.name(), Payload.json("{\"text\":\"by name\"}"), EnqueueOptions.DEFAULT)
                    .id();
            awaitCompleted(List.of(id));
            assertThat(find(id).result()).isEqualTo(Payload.json("\"by name\""));
        }
    }

    @Test
    void closingTwiceIsFineAndAClosedEngineDoesNothingMore() {
        Leat leat = Leat.open(jobs, control);
        leat.handle(NOTE, (note, job) -> {}).start();
        leat.close();
        leat.close();
        assertThatThrownBy(() -> leat.enqueue(NOTE, new Note("late")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("stopped");
        assertThat(control.range(NodeLease.SPACE, "", 10))
                .singleElement()
                .satisfies(record -> assertThat(record.value()).contains("\"stopped\""));
    }

    @Test
    void aClosedEngineIsNotStarted() {
        Leat leat = Leat.open(jobs, control).handle(NOTE, (note, job) -> {});
        leat.close();
        assertThatThrownBy(leat::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aStartedEngineTellsTheOthersWhatItRuns() {
        try (Leat leat = Leat.open(jobs, control)) {
            leat.handle(NOTE, (note, job) -> {}).start();
            Awaitility.await()
                    .until(() -> control.range(NodeLease.SPACE, "", 10)
                            .getFirst()
                            .value()
                            .contains("\"note\""));
        }
    }
}
