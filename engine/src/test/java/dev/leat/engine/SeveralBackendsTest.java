package dev.leat.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.leat.api.ContentType;
import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Capabilities;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.Due;
import dev.leat.api.store.ForwardingJobStore;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Operated;
import dev.leat.api.store.QueueCounts;
import dev.leat.api.store.Settled;
import dev.leat.engine.backend.Backends;
import dev.leat.engine.backend.Needs;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.client.JobDraft;
import dev.leat.engine.client.PreparedJobs;
import dev.leat.engine.client.Receipt;
import dev.leat.engine.client.UnconfirmedException;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.memory.InMemoryControlStore;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.engine.pull.Handle;
import dev.leat.engine.pull.PullConfig;
import dev.leat.engine.pull.PullQueue;
import dev.leat.engine.pull.Pulled;
import dev.leat.engine.queue.TenantQueue;
import dev.leat.engine.rig.FaultyJobStore;
import dev.leat.engine.rig.FaultyJobStore.Fault;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.testkit.StoreClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queues kept in three stores by one process. */
@Timeout(120)
class SeveralBackendsTest {
    private static final JobKind<String> NOTE = JobKind.of("note", String.class);
    private static final QueueName MAIL = new QueueName("mail");
    private static final QueueName AUDIT = new QueueName("audit");
    private static final QueueName BULK = new QueueName("bulk");
    private static final WorkerConfig ALL = WorkerConfig.DEFAULT.withQueues().withPoll(Duration.ofMillis(100));

    private final StoreClock clock = new StoreClock();
    private final InMemoryControlStore control = new InMemoryControlStore(clock);
    private final InMemoryJobStore main = new InMemoryJobStore(clock);
    private final InMemoryJobStore archive = new InMemoryJobStore(clock);
    private final InMemoryJobStore fast = new InMemoryJobStore(clock);
    private final AtomicBoolean hidden = new AtomicBoolean();
    private final FaultyJobStore faulty = new FaultyJobStore(new ForwardingJobStore(fast) {
        @Override
        public <T> Optional<T> feature(Class<T> facet) {
            if (hidden.get()) {
                throw new StoreException("the store is away", Effect.NONE, null);
            }
            return super.feature(facet);
        }
    });
    private final Leat leat = open();

    private Leat open() {
        Map<String, JobStore> stores = new LinkedHashMap<>();
        stores.put("default", main);
        stores.put("archive", archive);
        stores.put("fast", faulty);
        Leat made = Leat.open(new Backends(stores), control, ALL);
        made.place(AUDIT, "archive", Needs.NONE);
        made.place(BULK, "fast", Needs.NONE);
        return made;
    }

    @AfterEach
    void close() {
        leat.close();
    }

    private static EnqueueOptions in(QueueName queue) {
        return EnqueueOptions.DEFAULT.in(queue.value());
    }

    private static boolean has(InMemoryJobStore store, JobId id) {
        return store.find(TenantName.MAIN, id).isPresent();
    }

    private static JobDraft draft(QueueName queue) {
        return new JobDraft(
                new Lane(TenantName.MAIN, queue, NOTE.name()), Payload.json("\"x\""), 4, 25, Due.now(), null);
    }

    /** From now on, on this node too. */
    private void route(QueueName queue, String backend) {
        Instant since = leat.route(queue, backend).orElseThrow();
        assertThat(since).isAfter(clock.instant());
        clock.advance(Duration.between(clock.instant(), since).plusSeconds(3));
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> leat.routes().backend(queue, null).equals(backend)
                        && !leat.client()
                                .prepare(List.of(draft(queue)))
                                .ids()
                                .getFirst()
                                .madeAt()
                                .isBefore(since));
    }

    @Test
    void eachQueueIsKeptWhereItIsPlacedAndRunsFromThere() throws Exception {
        CountDownLatch ran = new CountDownLatch(3);
        leat.handle(NOTE, (note, job) -> ran.countDown()).start();
        JobId mail = leat.enqueue(NOTE, "m", in(MAIL)).id();
        JobId audit = leat.enqueue(NOTE, "a", in(AUDIT)).id();
        JobId bulk = leat.enqueue(NOTE, "b", in(BULK)).id();
        ran.await();

        assertThat(has(main, mail)).isTrue();
        assertThat(has(archive, audit)).isTrue();
        assertThat(has(fast, bulk)).isTrue();
        assertThat(Stream.of(main, archive, fast)
                        .mapToLong(store -> store.list(JobQuery.of(TenantName.MAIN, MAIL))
                                        .size()
                                + store.list(JobQuery.of(TenantName.MAIN, AUDIT))
                                        .size()
                                + store.list(JobQuery.of(TenantName.MAIN, BULK)).size())
                        .sum())
                .as("jobs in all")
                .isEqualTo(3);
    }

    @Test
    void jobsOfOneCallGoToSeveralBackendsAndAreKnownAgain() {
        PreparedJobs jobs = leat.client().prepare(List.of(draft(MAIL), draft(AUDIT), draft(MAIL), draft(BULK)));

        assertThat(leat.client().enqueue(jobs))
                .extracting(Receipt::id, Receipt::status)
                .containsExactlyElementsOf(jobs.ids().stream()
                        .map(id -> tuple(id, Receipt.Status.ACCEPTED))
                        .toList());
        assertThat(leat.client().enqueue(jobs)).extracting(Receipt::status).containsOnly(Receipt.Status.DUPLICATE);
        assertThat(main.list(JobQuery.of(TenantName.MAIN, MAIL))).hasSize(2);
    }

    @Test
    void whatIsStoredInPartIsSaidToBeSoAndCanBeEnqueuedAgain() {
        PreparedJobs jobs = leat.client().prepare(List.of(draft(MAIL), draft(BULK)));
        faulty.fail(Fault.REFUSED);
        UnconfirmedException partly = catchThrowableOfType(
                UnconfirmedException.class, () -> leat.client().enqueue(jobs));
        faulty.heal();

        assertThat(partly.prepared()).isEqualTo(jobs);
        assertThat(leat.client().enqueue(partly.prepared()))
                .extracting(Receipt::status)
                .containsExactly(Receipt.Status.DUPLICATE, Receipt.Status.ACCEPTED);
    }

    @Test
    void aBackendThatIsAwayHoldsUpNoOther() throws Exception {
        CountDownLatch ran = new CountDownLatch(20);
        leat.handle(NOTE, (note, job) -> ran.countDown()).start();
        faulty.fail(Fault.REFUSED);

        assertThatThrownBy(() -> leat.enqueue(NOTE, "b", in(BULK))).isInstanceOf(StoreException.class);
        for (int i = 0; i < 10; i++) {
            leat.enqueue(NOTE, "m" + i, in(MAIL));
            leat.enqueue(NOTE, "a" + i, in(AUDIT));
        }
        ran.await();
    }

    @Test
    void aQueueThatIsRoutedElsewhereKeepsWhatItHasAndRunsBoth() throws Exception {
        JobId before = leat.enqueue(NOTE, "before", in(MAIL)).id();
        PreparedJobs again = leat.client().prepare(List.of(draft(MAIL)));
        leat.client().enqueue(again);

        route(MAIL, "archive");
        JobId after = leat.enqueue(NOTE, "after", in(MAIL)).id();

        assertThat(has(main, before)).isTrue();
        assertThat(has(archive, before)).isFalse();
        assertThat(has(archive, after)).isTrue();
        assertThat(has(main, after)).isFalse();
        assertThat(leat.client().enqueue(again))
                .as("enqueued again, it is known where it went the first time")
                .extracting(Receipt::status)
                .containsExactly(Receipt.Status.DUPLICATE);
        assertThat(leat.route(MAIL, "archive")).as("asked again").isEmpty();

        CountDownLatch ran = new CountDownLatch(3);
        leat.handle(NOTE, (note, job) -> ran.countDown()).start();
        ran.await();
    }

    @Test
    void aRouteOutlivesTheProcessAndIsSeenByOthers() {
        Instant since = leat.route(MAIL, "fast").orElseThrow();
        try (Leat other = open()) {
            assertThat(other.routes().backend(MAIL, since)).isEqualTo("fast");
            assertThat(other.routes().backend(MAIL, since.minusSeconds(1))).isEqualTo("default");
            assertThat(other.routes().all().get(MAIL).backend()).isEqualTo("fast");
        }
    }

    /** Its jobs that are under way would not be known again elsewhere. */
    @Test
    void aPlaceHoldsAtOnceOnlyWhereNobodyElseCanHaveEnqueued() {
        assertThat(leat.routes().all().get(AUDIT).since()).isEqualTo(Instant.EPOCH);
        try (Leat other = Leat.open(leat.backends(), control, ALL)) {
            PreparedJobs underWay = other.client().prepare(List.of(draft(MAIL)));
            leat.place(MAIL, "archive", Needs.NONE);
            other.client().enqueue(underWay);

            assertThat(leat.routes().all().get(MAIL).since()).isAfter(clock.instant());
            assertThat(leat.client().enqueue(underWay))
                    .extracting(Receipt::status)
                    .containsExactly(Receipt.Status.DUPLICATE);
        }
        leat.place(new QueueName("late"), "archive", Needs.NONE);
        assertThat(leat.routes().all().get(new QueueName("late")).since())
                .as("alone again")
                .isEqualTo(Instant.EPOCH);
    }

    @Test
    void aBackendThatIsAwayIsInTheWayOfNoQueuesPlace() {
        hidden.set(true);
        leat.place(AUDIT, "archive", Needs.NONE);
        assertThat(leat.routes().all().get(AUDIT).since()).as("as before").isEqualTo(Instant.EPOCH);

        leat.place(MAIL, "archive", Needs.NONE);
        assertThat(leat.routes().all().get(MAIL).since())
                .as("as if it had jobs there")
                .isAfter(clock.instant());
    }

    /** A configuration that says what it said before does not undo what was changed by hand since. */
    @Test
    void whatIsRoutedByHandStaysUntilTheConfigurationChanges() {
        assertThat(leat.route(AUDIT, "fast")).isPresent();
        leat.place(AUDIT, "archive", Needs.NONE);
        assertThat(leat.routes().all().get(AUDIT).backend()).isEqualTo("fast");

        leat.place(AUDIT, "default", Needs.NONE);
        assertThat(leat.routes().all().get(AUDIT).backend()).isEqualTo("default");
    }

    @Test
    void aProcessWithoutTheBackendOfAQueueRefusesItsJobs() {
        try (Leat alone = Leat.open(main, control)) {
            assertThatThrownBy(() -> alone.enqueue(NOTE, "a", in(AUDIT)))
                    .isInstanceOf(InvalidValueException.class)
                    .hasMessageContaining("\"audit\"")
                    .hasMessageContaining("backend archive, which this process does not have");
        }
        assertThat(main.list(JobQuery.of(TenantName.MAIN, AUDIT))).isEmpty();
    }

    @Test
    void needsAreCheckedAtTheStartAndAtEveryChange() {
        Needs delay = new Needs(Durability.D0, Set.of(Capability.DELAY), false);
        leat.place(MAIL, "default", delay);
        assertThat(leat.route(MAIL, "archive")).isPresent();

        assertThatThrownBy(() -> leat.place(AUDIT, "archive", new Needs(Durability.D2, Set.of(), true)))
                .isInstanceOfSatisfying(
                        InvalidValueException.class,
                        e -> assertThat(e.getMessage())
                                .isEqualTo("backend of queue audit is archive, which lacks durability d2 (it has d0);"
                                        + " allowed: a backend that has it, of which none is configured, or less"
                                        + " in requires"));
        Needs own = new Needs(Durability.D0, Set.of(Capability.TRANSACTIONAL_ENQUEUE), false);
        assertThatThrownBy(() -> leat.place(BULK, "fast", own))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("which lacks transactional-enqueue");
        assertThatThrownBy(() -> leat.route(BULK, "nowhere"))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("allowed: archive, default, fast");
    }

    @Test
    void whatWasRoutedByHandToABackendThatLacksSomethingIsNamedWithTheWayOut() {
        JobStore plain = new ForwardingJobStore(archive) {
            @Override
            public Capabilities capabilities() {
                return Capabilities.natively(
                        "plain", Durability.D0, Set.of(Capability.INSPECTION, Capability.OPERATION));
            }
        };
        Needs delay = new Needs(Durability.D0, Set.of(Capability.DELAY), false);
        try (Leat one = Leat.open(new Backends(Map.of("default", main, "archive", plain)), control, ALL)) {
            one.require(MAIL, delay);
            assertThatThrownBy(() -> one.route(MAIL, "archive"))
                    .isInstanceOf(InvalidValueException.class)
                    .hasMessage("backend of queue mail is archive, which lacks delay; allowed: default");

            one.place(MAIL, "default", Needs.NONE);
            one.route(MAIL, "archive");
            assertThatThrownBy(() -> one.place(MAIL, "default", delay))
                    .isInstanceOf(InvalidValueException.class)
                    .hasMessage("backend of queue mail is archive, which lacks delay (it was routed there by hand);"
                            + " allowed: the one that is configured, by: leat queues route mail default --config FILE;"
                            + " or less in requires");

            one.route(MAIL, "default");
            one.place(MAIL, "default", delay);
        }
    }

    @Test
    void aQueueWithUniqueKeysChangesItsBackendOnlyWhenNoneIsHeldElsewhere() throws Exception {
        Needs keys = new Needs(Durability.D0, Set.of(Capability.UNIQUE_KEY), false);
        leat.place(MAIL, "default", keys);
        EnqueueOptions order = in(MAIL).unique("order-7");
        JobId held = leat.enqueue(NOTE, "x", order).id();

        for (String there : List.of("archive", "fast")) {
            assertThatThrownBy(() -> leat.route(MAIL, there))
                    .isInstanceOf(InvalidValueException.class)
                    .hasMessage(
                            "backend of queue mail cannot become " + there + ", which would not know the unique keys"
                                    + " in default of jobs that have not ended"
                                    + " (1); allowed: a change when they have"
                                    + " ended: let them run, or cancel them; or"
                                    + " no unique_key in requires");
        }
        assertThatThrownBy(() -> leat.place(MAIL, "archive", keys))
                .isInstanceOfSatisfying(
                        InvalidValueException.class, e -> assertThat(e.code()).isEqualTo("UNIQUE_KEYS_HELD"));
        assertThat(leat.routes().all()).doesNotContainKey(MAIL);
        assertThat(leat.enqueue(NOTE, "x", order).status()).isEqualTo(Receipt.Status.HELD);
        assertThat(leat.route(MAIL, "default")).as("where it is").isEmpty();

        leat.operate().cancel(TenantName.MAIN, List.of(held));
        assertThat(leat.route(MAIL, "archive")).isPresent();
    }

    @Test
    void jobsAreTakenFromWhereverTheyAreAndSettledThere() throws Exception {
        PullQueue queue = leat.queue(PullConfig.of(new TenantQueue(TenantName.MAIN, MAIL)));
        JobId before = queue.enqueue(text("before")).id();
        JobId held = queue.enqueue(text("held")).id();
        Pulled early = queue.dequeue(Duration.ZERO).orElseThrow();
        route(MAIL, "archive");
        JobId after = queue.enqueue(text("after")).id();

        assertThat(queue.extend(List.of(early.handle()))).containsExactly(true);
        List<Pulled> taken = new ArrayList<>(List.of(early));
        while (taken.size() < 3) {
            taken.add(queue.dequeue(Duration.ofSeconds(10)).orElseThrow());
        }
        assertThat(taken).extracting(Pulled::job).containsExactlyInAnyOrder(before, held, after);
        List<Handle> handles = taken.stream()
                .map(each -> Handle.parse(each.handle().toString()))
                .toList();
        assertThat(handles).extracting(Handle::backend).containsOnly("default", "archive");
        assertThat(queue.ack(handles)).allMatch(each -> each.accepted());
        assertThat(queue.ack(handles)).noneMatch(each -> each.accepted());
        assertThat(queue.stats()).containsEntry(JobState.COMPLETED, 3L);
        assertThat(queue.dequeue(Duration.ZERO)).isEmpty();
    }

    /** Ids are made by the clock of the control store. */
    @Test
    void aStoreWhoseClockIsBehindIsClearedToTheLastJob() {
        StoreClock behind = new StoreClock();
        clock.advance(Duration.ofMinutes(1));
        try (Leat one = Leat.open(new InMemoryJobStore(behind), control)) {
            PullQueue queue = one.queue(PullConfig.of(new TenantQueue(TenantName.MAIN, new QueueName("one"))));
            JobId id = queue.enqueue(text("x")).id();

            assertThat(queue.iterate().map(JobHead::id)).containsExactly(id);
            assertThat(queue.clear()).isOne();
        }
    }

    @Test
    void whatIsLeftBehindIsTakenFirst() throws Exception {
        PullQueue queue = leat.queue(PullConfig.of(new TenantQueue(TenantName.MAIN, MAIL)));
        JobId old = queue.enqueue(text("old")).id();
        route(MAIL, "archive");
        JobId fresh = queue.enqueue(text("fresh")).id();

        assertThat(queue.dequeue(Duration.ZERO)).map(Pulled::job).contains(old);
        assertThat(queue.dequeue(Duration.ZERO)).map(Pulled::job).contains(fresh);
    }

    @Test
    void aFormerBackendThatIsAwayKeepsNoOtherJobFromBeingTaken() throws Exception {
        PullQueue queue = leat.queue(PullConfig.of(new TenantQueue(TenantName.MAIN, BULK)));
        JobId old = queue.enqueue(text("old")).id();
        route(BULK, "archive");
        JobId fresh = queue.enqueue(text("fresh")).id();
        faulty.fail(Fault.REFUSED);

        Pulled second = queue.dequeue(Duration.ZERO).orElseThrow();
        assertThat(second.job()).isEqualTo(fresh);
        assertThat(queue.dequeue(Duration.ofMillis(1))).isEmpty();

        faulty.heal();
        Pulled first = queue.dequeue(Duration.ofSeconds(60)).orElseThrow();
        assertThat(first.job()).isEqualTo(old);

        List<Handle> handles = List.of(first.handle(), second.handle());
        faulty.fail(Fault.REFUSED);
        assertThatThrownBy(() -> queue.ack(handles))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.UNKNOWN));
        faulty.heal();
        assertThat(queue.ack(handles)).extracting(Settled::accepted).containsExactly(true, false);
    }

    @Test
    void whoWaitsTakesWhatComesAfterAChangeOfBackends() {
        PullQueue queue = leat.queue(PullConfig.of(new TenantQueue(TenantName.MAIN, MAIL)));
        CompletableFuture<Pulled> taken = CompletableFuture.supplyAsync(() -> {
            try {
                return queue.dequeue(Duration.ofMinutes(1)).orElseThrow();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        route(MAIL, "archive");
        JobId fresh = queue.enqueue(text("fresh")).id();

        assertThat(taken.join().job()).isEqualTo(fresh);
    }

    @Test
    void whoComesAfterTheEndWaitsForNothing() throws Exception {
        leat.close();

        assertThat(leat.queue(PullConfig.of(new TenantQueue(TenantName.MAIN, BULK)))
                        .dequeue(Duration.ofMinutes(10)))
                .isEmpty();
        assertThat(faulty.claims()).hasSize(1);
    }

    @Test
    void aQueueThatIsAwayItselfIsToldOf() {
        PullQueue queue = leat.queue(PullConfig.of(new TenantQueue(TenantName.MAIN, BULK)));
        faulty.fail(Fault.REFUSED);

        assertThatThrownBy(() -> queue.dequeue(Duration.ZERO)).isInstanceOf(StoreException.class);
    }

    private static Payload text(String text) {
        return Payload.of(text.getBytes(StandardCharsets.UTF_8), ContentType.BYTES);
    }

    @Test
    void jobsOfAllAreListedCountedAndChangedAsIfOfOne() {
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            ids.add(leat.enqueue(NOTE, "x", in(List.of(MAIL, AUDIT, BULK).get(i % 3)))
                    .id());
        }
        JobQuery all = new JobQuery(
                TenantName.MAIN, null, null, Set.of(JobState.AVAILABLE), JobQuery.Order.OLDEST_FIRST, null, 4);
        List<JobId> listed = new ArrayList<>();
        for (List<JobHead> page = leat.inspect().list(all);
                !page.isEmpty();
                page = leat.inspect().list(all.from(page.getLast().id()))) {
            page.forEach(job -> listed.add(job.id()));
        }
        assertThat(listed).isEqualTo(ids);
        assertThat(leat.inspect().list(all.by(JobQuery.Order.NEWEST_FIRST)))
                .extracting(JobHead::id)
                .containsExactlyElementsOf(ids.reversed().subList(0, 4));
        assertThat(leat.inspect().counts(TenantName.MAIN)).containsEntry(JobState.AVAILABLE, 9L);
        assertThat(leat.inspect().queueNames(TenantName.MAIN)).containsExactly(AUDIT, BULK, MAIL);
        assertThat(leat.inspect().queues(TenantName.MAIN, AUDIT, 1))
                .extracting(QueueCounts::queue)
                .containsExactly(BULK);
        assertThat(leat.inspect().find(TenantName.MAIN, ids.reversed()))
                .extracting(job -> job.head().id())
                .containsExactlyElementsOf(ids.reversed());

        JobId unknown = new JobId(1);
        List<Operated> cancelled = leat.operate().cancel(TenantName.MAIN, List.of(ids.get(1), unknown, ids.get(0)));
        assertThat(cancelled.get(0)).isInstanceOf(Operated.Done.class);
        assertThat(cancelled.get(1)).isEqualTo(new Operated.NotFound(unknown));
        assertThat(cancelled.get(2)).isInstanceOf(Operated.Done.class);
        assertThat(leat.operate().retry(TenantName.MAIN, List.of(ids.get(1))))
                .allMatch(Operated.Done.class::isInstance);
    }

    @Test
    void aJobIsNotMovedIntoAQueueOfAnotherBackend() {
        JobId id = leat.enqueue(NOTE, "x", in(AUDIT)).id();

        assertThat(leat.operate().amend(TenantName.MAIN, List.of(id), new Amendment.Reprioritise(1)))
                .allMatch(Operated.Done.class::isInstance);
        assertThatThrownBy(() -> leat.operate().amend(TenantName.MAIN, List.of(id), new Amendment.Move(MAIL)))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage(
                        "queue is \"mail\", which is in backend default, and the job is in archive; allowed: a queue of"
                                + " backend archive");
        JobId unknown = new JobId(1);
        assertThat(leat.operate().amend(TenantName.MAIN, List.of(unknown), new Amendment.Move(MAIL)))
                .containsExactly(new Operated.NotFound(unknown));
    }

    @Test
    void pausesHoldInEveryBackend() {
        leat.pause(TenantName.MAIN, AUDIT);
        leat.handle(NOTE, (note, job) -> {}).start();
        JobId paused = leat.enqueue(NOTE, "a", in(AUDIT)).id();
        JobId other = leat.enqueue(NOTE, "m", in(MAIL)).id();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> main.find(TenantName.MAIN, other).orElseThrow().state() == JobState.COMPLETED);
        assertThat(archive.find(TenantName.MAIN, paused).orElseThrow().state()).isEqualTo(JobState.AVAILABLE);
        leat.resume(TenantName.MAIN, AUDIT);
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> archive.find(TenantName.MAIN, paused).orElseThrow().state() == JobState.COMPLETED);
    }

    @Test
    void oneOfThemIsTheStandardOne() {
        assertThatThrownBy(() -> new Backends(Map.of("other", main)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("default");
    }
}
