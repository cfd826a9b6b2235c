package dev.leat.engine.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.leat.api.ContentType;
import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Due;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Wakeups.Wakeup;
import dev.leat.engine.backend.Backends;
import dev.leat.engine.client.Client;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.client.JobDraft;
import dev.leat.engine.client.Receipt;
import dev.leat.engine.id.MonotonicClock;
import dev.leat.engine.id.NodeLease;
import dev.leat.engine.id.NodeSettings;
import dev.leat.engine.memory.InMemoryControlStore;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.engine.queue.TenantQueue;
import dev.leat.engine.rig.FaultyJobStore;
import dev.leat.engine.rig.SteppedClock;
import dev.leat.testkit.StoreClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs taken without a handler. */
@Timeout(60)
class PullQueueTest {
    private static final TenantQueue MAIL = new TenantQueue(TenantName.MAIN, new QueueName("mail"));
    private static final QueueName OTHER = new QueueName("other");
    private static final Duration NO_WAIT = Duration.ZERO;

    private final StoreClock storeClock = new StoreClock();
    private final SteppedClock clock = new SteppedClock();
    private final InMemoryJobStore jobs = new InMemoryJobStore(storeClock);
    private final FaultyJobStore store = new FaultyJobStore(jobs);
    private final NodeLease node = NodeLease.acquire(
            new InMemoryControlStore(storeClock), MonotonicClock.SYSTEM, NodeSettings.ofThisProcess("test"));
    private final AtomicBoolean paused = new AtomicBoolean();
    private final Puller puller = puller();
    private final PullQueue queue = pull(PullConfig.of(MAIL));

    @AfterEach
    void close() {
        puller.close();
        node.close();
    }

    private Puller puller() {
        return new Puller(store, clock, () -> 7, () -> {}, of -> paused.get());
    }

    private void tell() {
        puller.told(Wakeup.ANYWHERE);
    }

    private PullQueue pull(PullConfig config) {
        return new PullQueue(
                config,
                () -> new LinkedHashMap<>(Map.of(Backends.STANDARD, puller)),
                new Client(store, node.ids(), this::tell),
                () -> jobs.feature(Inspect.class).orElseThrow(),
                () -> jobs.feature(Operate.class).orElseThrow(),
                storeClock::instant);
    }

    @Test
    void whatIsAcknowledgedIsDone() throws Exception {
        Receipt receipt = queue.enqueue(text("hello"));
        Instant before = storeClock.instant();

        Pulled taken = queue.dequeue(NO_WAIT).orElseThrow();

        assertThat(taken.job()).isEqualTo(receipt.id());
        assertThat(taken.payload()).isEqualTo(text("hello"));
        assertThat(taken.kind()).isEqualTo(PullConfig.MESSAGE);
        assertThat(taken.attempt()).isOne();
        assertThat(taken.heldUntil())
                .isBetween(before.plus(PullConfig.LEASE), storeClock.instant().plus(PullConfig.LEASE));
        assertThat(queue.dequeue(NO_WAIT)).isEmpty();
        assertThat(queue.ack(taken.handle(), text("done"))).isTrue();
        assertThat(find(receipt.id()).state()).isEqualTo(JobState.COMPLETED);
        assertThat(find(receipt.id()).result()).isEqualTo(text("done"));
        assertThat(queue.ack(taken.handle())).as("a second time").isFalse();
    }

    @Test
    void aHandleMayTravelAsText() throws Exception {
        queue.enqueue(text("x"));
        Handle handle = queue.dequeue(NO_WAIT).orElseThrow().handle();

        assertThat(Handle.parse(handle.toString())).isEqualTo(handle);
    }

    @Test
    void whatIsNoHandleIsRefused() {
        for (String text : List.of(
                "",
                "x",
                "1-2-3-4",
                "1-0000000000000-1-1",
                "1-000000000000a-0-1",
                "1-000000000000a-1-10001",
                "1-000000000000a-1-99999999999",
                "9999999999999999999-000000000000a-1-1",
                "1-000000000000a-1-1 ",
                "-1-000000000000a-1-1")) {
            assertThatThrownBy(() -> Handle.parse(text))
                    .as(text)
                    .isInstanceOfSatisfying(
                            InvalidValueException.class,
                            e -> assertThat(e.field()).isEqualTo("handle"));
        }
    }

    @Test
    void batchesAreTakenInOrderAndJudgedOneByOne() throws Exception {
        List<JobId> ids = ids(queue.batchEnqueue(texts(5), EnqueueOptions.DEFAULT));

        List<Pulled> taken = queue.batchDequeue(3, NO_WAIT);

        assertThat(taken).extracting(Pulled::job).containsExactlyElementsOf(ids.subList(0, 3));
        assertThat(queue.ack(List.of(taken.get(0).handle()))).allMatch(Settled::accepted);
        assertThat(queue.ack(taken.stream().map(Pulled::handle).toList()))
                .extracting(Settled::accepted)
                .containsExactly(false, true, true);
        assertThat(queue.batchDequeue(10, NO_WAIT))
                .extracting(Pulled::job)
                .containsExactlyElementsOf(ids.subList(3, 5));
    }

    @Test
    void whatIsRefusedComesAgainUntilItsAttemptsAreUsedUp() throws Exception {
        JobId id = queue.enqueue(text("x"), EnqueueOptions.DEFAULT.withMaxAttempts(2))
                .id();

        refuse(Nack.requeued("no"));
        promote();
        assertThat(find(id).state()).isEqualTo(JobState.AVAILABLE);
        refuse(Nack.requeued("no, again"));

        assertThat(find(id).state()).isEqualTo(JobState.DISCARDED);
        assertThat(find(id).failure())
                .isNotNull()
                .satisfies(why -> assertThat(why.message()).isEqualTo("no, again"));
    }

    @Test
    void whatIsRefusedForGoodIsDiscarded() throws Exception {
        JobId id = queue.enqueue(text("x")).id();

        refuse(Nack.discarded("never"));

        assertThat(find(id).state()).isEqualTo(JobState.DISCARDED);
    }

    @Test
    void whatIsRefusedMayWait() throws Exception {
        JobId id = queue.enqueue(text("x")).id();

        refuse(Nack.requeued("later", Duration.ofMinutes(1)));

        promote();
        assertThat(find(id).state()).isEqualTo(JobState.RETRYABLE);
        storeClock.advance(Duration.ofMinutes(1));
        promote();
        assertThat(queue.dequeue(NO_WAIT)).map(Pulled::attempt).contains(2);
    }

    @Test
    void whatIsGivenBackCostsNoAttempt() throws Exception {
        queue.enqueue(text("x"));
        Pulled taken = queue.dequeue(NO_WAIT).orElseThrow();

        assertThat(queue.release(List.of(taken.handle()))).allMatch(Settled::accepted);

        assertThat(queue.dequeue(NO_WAIT)).map(Pulled::attempt).contains(1);
    }

    @Test
    void whatIsExtendedIsHeldLonger() throws Exception {
        queue.batchEnqueue(texts(2), EnqueueOptions.DEFAULT);
        List<Pulled> taken = queue.batchDequeue(2, NO_WAIT);
        storeClock.advance(PullConfig.LEASE.minusSeconds(1));

        assertThat(queue.extend(taken.stream().map(Pulled::handle).toList())).containsExactly(true, true);

        storeClock.advance(Duration.ofSeconds(2));
        jobs.reclaim(10);
        assertThat(queue.ack(taken.getFirst().handle())).isTrue();
        storeClock.advance(PullConfig.LEASE);
        jobs.reclaim(10);
        assertThat(queue.extend(List.of(taken.getLast().handle()))).containsExactly(false);
        assertThat(queue.ack(taken.getLast().handle())).isFalse();
    }

    @Test
    void suspectsAreHeldByOneLeaseAtATime() throws Exception {
        queue.batchEnqueue(texts(40), EnqueueOptions.DEFAULT);
        assertThat(queue.batchDequeue(40, NO_WAIT)).hasSize(40);
        storeClock.advance(PullConfig.LEASE);
        jobs.reclaim(10);

        List<Pulled> first = queue.batchDequeue(40, NO_WAIT);
        assertThat(first).hasSize(16);
        assertThat(queue.batchDequeue(40, NO_WAIT)).as("while they are held").isEmpty();
        queue.ack(first.stream().map(Pulled::handle).toList());
        assertThat(queue.batchDequeue(40, NO_WAIT)).as("once they are settled").hasSize(16);
        clock.advance(PullConfig.LEASE);
        assertThat(queue.batchDequeue(40, NO_WAIT))
                .as("once their lease has ended")
                .hasSize(8);
    }

    @Test
    void itWaitsForAJobAndTakesItOnceItIsThere() throws Exception {
        CompletableFuture<List<Pulled>> taken = waiting();
        clock.nextWait();

        JobId id = queue.enqueue(text("x")).id();

        assertThat(taken.get(30, TimeUnit.SECONDS)).extracting(Pulled::job).containsExactly(id);
    }

    @Test
    void aJobOfWhichNobodyTellsIsFoundByLooking() throws Exception {
        CompletableFuture<List<Pulled>> taken = waiting();
        Duration look = clock.nextWait();
        assertThat(look).isBetween(Duration.ofMillis(1), Duration.ofSeconds(1));
        JobId id = new Client(store, node.ids(), () -> {})
                .enqueue(new JobDraft(
                        new Lane(MAIL.tenant(), MAIL.queue(), PullConfig.MESSAGE), text("x"), 4, 1, Due.now(), null))
                .id();

        clock.advance(look);

        assertThat(taken.get(30, TimeUnit.SECONDS)).extracting(Pulled::job).containsExactly(id);
    }

    @Test
    void itLooksEverMoreRarelyAndNoLongerThanItWasToldTo() throws Exception {
        CompletableFuture<List<Pulled>> taken = waiting();
        Duration waited = Duration.ZERO;
        Duration last = Duration.ZERO;
        int looks = 0;
        while (waited.compareTo(Duration.ofMinutes(1)) < 0) {
            Duration look = clock.nextWait();
            assertThat(look).isLessThanOrEqualTo(Duration.ofSeconds(1));
            last = look;
            waited = waited.plus(look);
            looks++;
            clock.advance(look);
        }

        assertThat(taken.get(30, TimeUnit.SECONDS)).isEmpty();
        assertThat(waited).isEqualTo(Duration.ofMinutes(1));
        assertThat(last).isPositive();
        assertThat(looks).as("which begin anew every 10 seconds").isLessThan(100);
    }

    @Test
    void whoWaitsGoesWhereTheQueueWasRoutedTo() throws Exception {
        InMemoryJobStore elsewhere = new InMemoryJobStore(storeClock);
        Client there = new Client(elsewhere, node.ids(), () -> {});
        AtomicReference<String> at = new AtomicReference<>("here");
        try (Puller other = new Puller(elsewhere, clock, () -> 7, () -> {}, of -> false)) {
            PullQueue moved = new PullQueue(
                    PullConfig.of(MAIL),
                    () -> new LinkedHashMap<>(Map.of(at.get(), at.get().equals("here") ? puller : other)),
                    there,
                    () -> elsewhere,
                    () -> elsewhere,
                    storeClock::instant);
            CompletableFuture<List<Pulled>> taken = waiting(moved);
            clock.nextWait();
            JobId id = moved.enqueue(text("x")).id();

            at.set("elsewhere");
            puller.rerouted();

            assertThat(taken.get(30, TimeUnit.SECONDS))
                    .extracting(Pulled::job, Pulled::backend)
                    .containsExactly(tuple(id, "elsewhere"));
        }
    }

    @Test
    void closingEndsAWait() throws Exception {
        CompletableFuture<List<Pulled>> taken = waiting();
        clock.nextWait();

        puller.close();

        assertThat(taken.get(30, TimeUnit.SECONDS)).isEmpty();
    }

    private CompletableFuture<List<Pulled>> waiting() {
        return waiting(queue);
    }

    private static CompletableFuture<List<Pulled>> waiting(PullQueue queue) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return queue.batchDequeue(10, Duration.ofMinutes(1));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void aClaimWhoseAnswerIsLostIsAskedForAgain() throws Exception {
        JobId id = queue.enqueue(text("x")).id();
        store.failNext(FaultyJobStore.Verb.CLAIM, FaultyJobStore.Fault.ANSWER_LOST);

        assertThat(queue.dequeue(NO_WAIT)).map(Pulled::job).contains(id);
    }

    @Test
    void nothingIsTakenWhileTheQueueIsPaused() throws Exception {
        JobId id = queue.enqueue(text("x")).id();
        paused.set(true);
        assertThat(queue.dequeue(NO_WAIT)).isEmpty();
        CompletableFuture<List<Pulled>> taken = waiting();
        Duration look = clock.nextWait();

        paused.set(false);
        clock.advance(look);

        assertThat(taken.get(30, TimeUnit.SECONDS)).extracting(Pulled::job).containsExactly(id);
    }

    @Test
    void onlyItsKindsAreTaken() throws Exception {
        PullQueue both = pull(PullConfig.of(MAIL).ofKinds(List.of(new KindName("letter"), PullConfig.MESSAGE)));
        JobId letter = both.enqueue(text("letter")).id();

        assertThat(queue.dequeue(NO_WAIT)).isEmpty();
        assertThat(both.dequeue(NO_WAIT)).map(Pulled::job).contains(letter);
    }

    @Test
    void itTellsWhatWaitsWithoutTakingIt() {
        List<JobId> ids = ids(queue.batchEnqueue(texts(3), EnqueueOptions.DEFAULT));
        JobId later = queue.enqueue(text("later"), EnqueueOptions.DEFAULT.after(Duration.ofHours(1)))
                .id();

        assertThat(queue.length()).isEqualTo(3);
        assertThat(queue.stats()).containsEntry(JobState.AVAILABLE, 3L).containsEntry(JobState.SCHEDULED, 1L);
        assertThat(queue.peek(2)).extracting(JobRecord::id).containsExactlyElementsOf(ids.subList(0, 2));
        assertThat(queue.peek(2)).extracting(JobRecord::payload).containsExactly(text("0"), text("1"));
        List<JobId> all = new ArrayList<>(ids);
        all.add(later);
        assertThat(queue.iterate().map(head -> head.id())).containsExactlyElementsOf(all);
    }

    @Test
    void allThatWaitsIsCleared() throws Exception {
        List<JobId> ids = ids(queue.batchEnqueue(texts(1_000), EnqueueOptions.DEFAULT));
        queue.batchEnqueue(texts(500), EnqueueOptions.DEFAULT.after(Duration.ofHours(1)));
        Pulled taken = queue.dequeue(NO_WAIT).orElseThrow();

        assertThat(queue.clear()).isEqualTo(1_499);

        assertThat(queue.iterate()).isEmpty();
        assertThat(find(ids.getLast()).state()).isEqualTo(JobState.CANCELLED);
        assertThat(queue.ack(taken.handle())).isTrue();
    }

    @Test
    void singleJobsAreDeletedAndMoved() throws Exception {
        List<JobId> ids = ids(queue.batchEnqueue(texts(3), EnqueueOptions.DEFAULT));
        PullQueue other = pull(PullConfig.of(new TenantQueue(TenantName.MAIN, OTHER)));

        assertThat(queue.delete(ids.subList(0, 1))).allMatch(Operated.Done.class::isInstance);
        assertThat(queue.move(ids.subList(1, 2), OTHER)).allMatch(Operated.Done.class::isInstance);

        assertThat(other.dequeue(NO_WAIT)).map(Pulled::job).contains(ids.get(1));
        assertThat(queue.batchDequeue(10, NO_WAIT)).extracting(Pulled::job).containsExactly(ids.get(2));
    }

    @Test
    void allThatWaitsIsMoved() throws Exception {
        queue.batchEnqueue(texts(20), EnqueueOptions.DEFAULT);
        PullQueue other = pull(PullConfig.of(new TenantQueue(TenantName.MAIN, OTHER)));

        assertThat(queue.moveAll(MAIL.queue())).as("to itself").isZero();
        assertThat(queue.moveAll(OTHER)).isEqualTo(20);

        assertThat(queue.length()).isZero();
        assertThat(other.batchDequeue(100, NO_WAIT)).hasSize(20);
    }

    @Test
    void badArgumentsAreRefusedByName() {
        assertRefused("count", () -> queue.batchDequeue(0, NO_WAIT));
        assertRefused("count", () -> queue.batchDequeue(1_001, NO_WAIT));
        assertRefused("count", () -> queue.peek(0));
        assertRefused("wait", () -> queue.batchDequeue(1, Duration.ofMillis(-1)));
        assertRefused("wait", () -> queue.batchDequeue(1, Duration.ofMinutes(11)));
        assertRefused("handles", () -> queue.ack(List.of()));
        assertRefused("payloads", () -> queue.batchEnqueue(List.of(), EnqueueOptions.DEFAULT));
        assertRefused("ids", () -> queue.delete(List.of()));
        assertRefused("after", () -> Nack.requeued("x", Duration.ofDays(3_651)));
        assertRefused("kinds", () -> PullConfig.of(MAIL).ofKinds(List.of()));
        assertRefused("kinds", () -> PullConfig.of(MAIL).ofKinds(List.of(PullConfig.MESSAGE, PullConfig.MESSAGE)));
        assertRefused("lease", () -> PullConfig.of(MAIL).withLease(Duration.ofDays(2)));
    }

    private static void assertRefused(String field, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        InvalidValueException.class, e -> assertThat(e.field()).isEqualTo(field));
    }

    private void refuse(Nack nack) throws InterruptedException {
        Pulled taken = queue.dequeue(NO_WAIT).orElseThrow();
        assertThat(queue.nack(List.of(taken.handle()), nack)).allMatch(Settled::accepted);
    }

    private void promote() {
        jobs.promote(10);
    }

    private JobRecord find(JobId id) {
        return jobs.find(TenantName.MAIN, id).orElseThrow();
    }

    private static List<JobId> ids(List<Receipt> receipts) {
        return receipts.stream().map(Receipt::id).toList();
    }

    private static List<Payload> texts(int number) {
        return IntStream.range(0, number).mapToObj(i -> text("" + i)).toList();
    }

    private static Payload text(String text) {
        return Payload.of(("\"" + text + "\"").getBytes(StandardCharsets.UTF_8), ContentType.JSON);
    }
}
