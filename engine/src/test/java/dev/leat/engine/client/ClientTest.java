package dev.leat.engine.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leat.api.AbsentCapabilityException;
import dev.leat.api.ContentType;
import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KeyBusyException;
import dev.leat.api.KindName;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.TenantName;
import dev.leat.api.store.Capabilities;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.ForwardingJobStore;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
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
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class ClientTest {
    private static final JobKind<Note> NOTE = JobKind.of("note", Note.class);
    private static final JobKind<Payload> RAW = JobKind.of("raw", Payload.class);
    private static final EnqueueOptions OPTIONS = EnqueueOptions.DEFAULT;

    private final StoreClock clock = new StoreClock();
    private final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    private final FaultyJobStore store = new FaultyJobStore(jobs);
    private final AtomicInteger wakes = new AtomicInteger();
    private final NodeLease node = NodeLease.acquire(
            new InMemoryControlStore(clock), MonotonicClock.SYSTEM, NodeSettings.ofThisProcess("test"));
    private final Client client = new Client(store, node.ids(), wakes::incrementAndGet);

    record Note(String text) {}

    private JobRecord find(JobId id) {
        return jobs.find(TenantName.MAIN, id).orElseThrow();
    }

    private long stored() {
        return jobs.counts(TenantName.MAIN, QueueName.DEFAULT).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static List<Note> notes(int number) {
        return IntStream.range(0, number).mapToObj(n -> new Note("note " + n)).toList();
    }

    @Test
    void aJobIsStoredAsItsKindSays() {
        JobKind<Note> kind = NOTE.in("post").withPriority(1).withMaxAttempts(3);
        Receipt receipt = client.enqueue(kind, new Note("hé\u2028"));
        assertThat(receipt.status()).isEqualTo(Receipt.Status.ACCEPTED);
        JobRecord job = find(receipt.id());
        assertThat(job.lane().toString()).isEqualTo("main/post/note");
        assertThat(job.priority()).isEqualTo(1);
        assertThat(job.maxAttempts()).isEqualTo(3);
        assertThat(job.state()).isEqualTo(JobState.AVAILABLE);
        assertThat(job.payload().contentType()).isEqualTo(ContentType.JSON);
        assertThat(new String(job.payload().bytes(), UTF_8)).isEqualTo("{\"text\":\"hé\u2028\"}");
        assertThat(wakes).hasValue(1);
    }

    @Test
    void whatTheCallerSaysGoesBeforeTheKind() {
        EnqueueOptions options = OPTIONS.forTenant("north")
                .in("bulk")
                .withPriority(9)
                .withMaxAttempts(1)
                .after(Duration.ofHours(5));
        JobId id = client.enqueue(NOTE, new Note("x"), options).id();
        JobRecord job = jobs.find(new TenantName("north"), id).orElseThrow();
        assertThat(job.lane().toString()).isEqualTo("north/bulk/note");
        assertThat(job.priority()).isEqualTo(9);
        assertThat(job.maxAttempts()).isEqualTo(1);
        assertThat(job.state()).isEqualTo(JobState.SCHEDULED);
        assertThat(job.dueAt()).isEqualTo(job.createdAt().plus(Duration.ofHours(5)));
        Instant due = clock.instant().plus(Duration.ofDays(40));
        assertThat(find(client.enqueue(NOTE, new Note("x"), OPTIONS.at(due)).id())
                        .dueAt())
                .isEqualTo(due);
    }

    @Test
    void manyJobsGoInBatchesOfTenThousandWithReceiptsInOrder() {
        List<Receipt> receipts = client.enqueueAll(NOTE, notes(20_001), OPTIONS);
        assertThat(store.enqueued()).extracting(List::size).containsExactlyInAnyOrder(10_000, 10_000, 1);
        assertThat(receipts)
                .hasSize(20_001)
                .extracting(Receipt::id)
                .doesNotHaveDuplicates()
                .isSorted();
        assertThat(receipts).extracting(Receipt::status).containsOnly(Receipt.Status.ACCEPTED);
        for (int n : new int[] {0, 9_999, 10_000, 19_999, 20_000}) {
            assertThat(find(receipts.get(n).id()).payload()).isEqualTo(Payload.json("{\"text\":\"note " + n + "\"}"));
        }
        assertThat(wakes).as("what is stored need not wait for the rest").hasValue(3);
        assertThat(client.enqueueAll(NOTE, List.of(), OPTIONS)).isEmpty();
    }

    @Test
    void noBatchHasMoreThan16MiB() {
        Payload large = Payload.of(new byte[Payload.MAX_BYTES], ContentType.BYTES);
        List<Receipt> receipts = client.enqueueAll(RAW, Collections.nCopies(130, large), OPTIONS);
        assertThat(receipts).hasSize(130);
        assertThat(store.enqueued()).extracting(List::size).containsExactlyInAnyOrder(64, 64, 2);
    }

    @Test
    void aDeclaredKindCanBeEnqueuedByNameAndItsPayloadIsKeptByteForByte() {
        client.declare(NOTE.in("post"));
        Payload odd = Payload.json("{ \"text\" : 1e400 , \"text\":null}");
        JobRecord job = find(client.enqueue(NOTE.name(), odd, OPTIONS).id());
        assertThat(job.payload()).isEqualTo(odd);
        assertThat(job.lane().queue()).isEqualTo(new QueueName("post"));
    }

    @Test
    void anUnknownKindIsRefusedWithTheKnownOnes() {
        KindName unknown = new KindName("nope");
        assertThatThrownBy(() -> client.enqueue(unknown, Payload.json("{}"), OPTIONS))
                .isInstanceOfSatisfying(InvalidValueException.class, e -> {
                    assertThat(e.code()).isEqualTo("KIND_UNKNOWN");
                    assertThat(e.field()).isEqualTo("kind");
                    assertThat(e.allowed()).contains("declare");
                });
        client.declare(RAW);
        client.declare(NOTE);
        assertThatThrownBy(() -> client.enqueue(unknown, Payload.json("{}"), OPTIONS))
                .isInstanceOfSatisfying(
                        InvalidValueException.class,
                        e -> assertThat(e.allowed()).isEqualTo("note, raw"));
        assertThat(store.enqueued()).isEmpty();
        assertThat(wakes).hasValue(0);
    }

    @Test
    void oneNameIsOneKindOfPayload() {
        client.declare(NOTE);
        client.declare(NOTE.withPriority(0));
        JobKind<Payload> other = JobKind.of("note", Payload.class);
        assertThatThrownBy(() -> client.declare(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"note\"")
                .hasMessageContaining(Note.class.getName())
                .hasMessageContaining(Payload.class.getName());
        assertThatThrownBy(() -> client.enqueue(other, Payload.json("{}")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(store.enqueued()).isEmpty();
    }

    record Slip(String field, String allowed, Runnable call) {
        @Override
        public String toString() {
            return field + ": " + allowed;
        }
    }

    static Stream<Slip> slips() {
        return Stream.of(
                new Slip("queue", "1 to 63 characters", () -> OPTIONS.in("Bad Queue")),
                new Slip("queue", "1 to 63 characters", () -> OPTIONS.in("q\u0000")),
                new Slip("tenant", "1 to 63 characters", () -> OPTIONS.forTenant("\ud800")),
                new Slip("delay", "a duration from PT0S to PT87600H", () -> OPTIONS.after(Duration.ofNanos(-1))),
                new Slip(
                        "delay",
                        "a duration from PT0S to PT87600H",
                        () -> OPTIONS.after(Duration.ofDays(3_650).plusNanos(1))),
                new Slip("due", "an instant from 2000-", () -> OPTIONS.at(Instant.MAX)),
                new Slip("due", "an instant from 2000-", () -> OPTIONS.at(Instant.MIN)),
                new Slip("priority", "a whole number from 0 to 9", () -> OPTIONS.withPriority(10)),
                new Slip("priority", "a whole number from 0 to 9", () -> OPTIONS.withPriority(-1)),
                new Slip("max_attempts", "a whole number from 1 to 1000", () -> OPTIONS.withMaxAttempts(0)),
                new Slip("max_attempts", "a whole number from 1 to 1000", () -> OPTIONS.withMaxAttempts(1_001)),
                new Slip("payload", "at most 262144 bytes", () -> Payload.json("x".repeat(262_145))));
    }

    @ParameterizedTest
    @MethodSource("slips")
    void aSlipIsNamedWithWhatIsAllowed(Slip slip) {
        assertThatThrownBy(slip.call()::run).isInstanceOfSatisfying(InvalidValueException.class, e -> {
            assertThat(e.field()).isEqualTo(slip.field());
            assertThat(e.allowed()).startsWith(slip.allowed());
        });
    }

    @ParameterizedTest
    @CsvSource({"262133, true", "262134, false"})
    void aPayloadOfMoreThan256KiBIsRefusedBeforeAnythingIsStored(int characters, boolean fits) {
        // {"text":"..."} is 11 bytes longer than its text.
        List<Note> payloads = List.of(new Note("small"), new Note("x".repeat(characters)));
        if (fits) {
            assertThat(client.enqueueAll(NOTE, payloads, OPTIONS)).hasSize(2);
        } else {
            assertThatThrownBy(() -> client.enqueueAll(NOTE, payloads, OPTIONS))
                    .isInstanceOfSatisfying(InvalidValueException.class, e -> {
                        assertThat(e.code()).isEqualTo("PAYLOAD_TOO_LARGE");
                        assertThat(e.field()).isEqualTo("payload");
                    });
            assertThat(stored()).isZero();
        }
    }

    record Loop(Map<String, Object> self) {}

    @Test
    void aPayloadWithoutAJsonFormIsTheCallersSlip() {
        Map<String, Object> self = new HashMap<>();
        self.put("self", self);
        JobKind<Loop> kind = JobKind.of("loop", Loop.class);
        assertThatThrownBy(() -> client.enqueue(kind, new Loop(self)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("payload: ");
        assertThat(store.enqueued()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"REQUEST_LOST, ACCEPTED", "ANSWER_LOST, DUPLICATE"})
    void aLostAnswerIsAskedForAgainAndThereIsOneJob(Fault fault, Receipt.Status status) {
        store.failNext(Verb.ENQUEUE, fault, fault);
        List<Receipt> receipts = client.enqueueAll(NOTE, notes(3), OPTIONS);
        assertThat(receipts).extracting(Receipt::status).containsOnly(status);
        assertThat(stored()).isEqualTo(3);
        assertThat(store.enqueued()).hasSize(3).containsOnly(store.enqueued().getFirst());
        assertThat(wakes).hasValue(1);
    }

    @Test
    void whoStillDoesNotKnowGetsThePreparedJobsToAskAgain() {
        store.failNext(Verb.ENQUEUE, Fault.REQUEST_LOST, Fault.ANSWER_LOST, Fault.REFUSED);
        UnconfirmedException unknown =
                catchThrowableOfType(UnconfirmedException.class, () -> client.enqueueAll(NOTE, notes(3), OPTIONS));
        assertThat(unknown.prepared().jobs()).isEqualTo(store.enqueued().getFirst());
        assertThat(unknown).hasMessageContaining("The store does not answer.").hasCauseInstanceOf(StoreException.class);
        assertThat(stored()).isEqualTo(3);
        List<Receipt> receipts = client.enqueue(unknown.prepared());
        assertThat(receipts)
                .extracting(Receipt::id)
                .isEqualTo(unknown.prepared().ids());
        assertThat(receipts).extracting(Receipt::status).containsOnly(Receipt.Status.DUPLICATE);
        assertThat(stored()).isEqualTo(3);
    }

    @Test
    void aStoreThatRefusesIsNotAskedAgain() {
        store.failNext(Verb.ENQUEUE, Fault.REFUSED);
        assertThatThrownBy(() -> client.enqueue(NOTE, new Note("x")))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.effect()).isEqualTo(StoreException.Effect.NONE));
        assertThat(stored()).isZero();
        assertThat(wakes).hasValue(0);
    }

    /** "Nothing was changed" would be a lie, and enqueueing all of them anew would double the others. */
    @Test
    void aRefusalBesideAStoredBatchLeavesTheCallerWithThePreparedJobs() {
        store.failNext(Verb.ENQUEUE, Fault.NONE, Fault.REFUSED);
        UnconfirmedException partly =
                catchThrowableOfType(UnconfirmedException.class, () -> client.enqueueAll(NOTE, notes(20_000), OPTIONS));
        assertThat(partly).isNotNull();
        assertThat(stored()).isEqualTo(10_000);
        List<Receipt> receipts = client.enqueue(partly.prepared());
        assertThat(receipts).extracting(Receipt::id).isSorted();
        assertThat(receipts)
                .filteredOn(receipt -> receipt.status() == Receipt.Status.DUPLICATE)
                .hasSize(10_000);
        assertThat(stored()).isEqualTo(20_000);
    }

    @Test
    void aRefusalOfEveryBatchHasStoredNothing() {
        store.failNext(Verb.ENQUEUE, Fault.REFUSED, Fault.REFUSED, Fault.REFUSED);
        StoreException refused =
                catchThrowableOfType(StoreException.class, () -> client.enqueueAll(NOTE, notes(30_000), OPTIONS));
        assertThat(refused.effect()).isEqualTo(StoreException.Effect.NONE);
        assertThat(stored()).isZero();
    }

    @Test
    void preparedJobsAreStoredOnlyWhenTheyAreEnqueued() {
        PreparedJobs prepared = client.prepare(NOTE, notes(2), OPTIONS);
        assertThat(store.enqueued()).isEmpty();
        assertThat(client.enqueue(prepared)).extracting(Receipt::id).isEqualTo(prepared.ids());
        assertThat(client.enqueue(prepared)).extracting(Receipt::status).containsOnly(Receipt.Status.DUPLICATE);
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void aClashIsNeverASilentSuccess() {
        PreparedJobs prepared = client.prepare(NOTE, notes(1), OPTIONS);
        NewJob job = prepared.jobs().getFirst();
        client.enqueue(prepared);
        PreparedJobs other = new PreparedJobs(List.of(new NewJob(
                job.id(), job.nonce(), job.lane(), Payload.json("{}"), job.priority(), job.maxAttempts(), job.due())));
        assertThatThrownBy(() -> client.enqueue(other))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(job.id().toString());
    }

    /** Two batches go at once: each fails in its own way, and neither failure hides the other. */
    @Test
    void ofTwoBatchesThatFailBothAreTold() {
        CountDownLatch both = new CountDownLatch(2);
        StoreException lost = new StoreException("lost", StoreException.Effect.UNKNOWN, null);
        Error error = new StackOverflowError();
        Client failing = new Client(
                new ForwardingJobStore(jobs) {
                    @Override
                    public List<Enqueued> enqueue(List<NewJob> batch) {
                        both.countDown();
                        awaitZero(both);
                        if (batch.getFirst().payload().equals(Payload.json("{\"text\":\"note 0\"}"))) {
                            throw error;
                        }
                        throw lost;
                    }
                },
                node.ids(),
                wakes::incrementAndGet);

        assertThatThrownBy(() -> failing.enqueueAll(NOTE, notes(JobStore.BATCH_JOBS + 1), OPTIONS))
                .isSameAs(error)
                .satisfies(thrown -> assertThat(thrown.getSuppressed())
                        .singleElement()
                        .satisfies(told -> assertThat(told).hasMessage("lost")));
    }

    private static void awaitZero(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whoseKeyIsHeldIsToldTheHolder() {
        Receipt first = client.enqueue(NOTE, new Note("1"), OPTIONS.unique("order-7"));
        Receipt second = client.enqueue(NOTE, new Note("2"), OPTIONS.unique("order-7", Duration.ofDays(1)));

        assertThat(first.status()).isEqualTo(Receipt.Status.ACCEPTED);
        assertThat(second).isEqualTo(new Receipt(first.id(), Receipt.Status.HELD));
        assertThat(stored()).isEqualTo(1);
        assertThat(client.enqueueAll(NOTE, notes(3), OPTIONS.unique("order-8")))
                .extracting(Receipt::status)
                .containsExactly(Receipt.Status.ACCEPTED, Receipt.Status.HELD, Receipt.Status.HELD);
    }

    @Test
    void aWindowIsCountedFromAcceptance() {
        EnqueueOptions hourly = OPTIONS.unique("order-7", Duration.ofHours(1));
        client.enqueue(NOTE, new Note("1"), hourly);
        clock.advance(Duration.ofMinutes(59));
        assertThat(client.enqueue(NOTE, new Note("2"), hourly).status()).isEqualTo(Receipt.Status.HELD);
        clock.advance(Duration.ofMinutes(1));
        assertThat(client.enqueue(NOTE, new Note("3"), hourly).status()).isEqualTo(Receipt.Status.ACCEPTED);
    }

    @Test
    void aBusyKeyIsToldAsOne() {
        Client busy = new Client(
                new ForwardingJobStore(jobs) {
                    @Override
                    public List<Enqueued> enqueue(List<NewJob> all) {
                        throw new KeyBusyException("busy", null);
                    }
                },
                node.ids(),
                wakes::incrementAndGet);

        assertThatThrownBy(() -> busy.enqueue(NOTE, new Note("1"), OPTIONS.unique("order-7")))
                .isInstanceOf(KeyBusyException.class);
    }

    @Test
    void aStoreWithoutUniqueKeysIsNotAskedForThem() {
        Client without = new Client(
                new ForwardingJobStore(store) {
                    @Override
                    public Capabilities capabilities() {
                        return new Capabilities("plain", Capabilities.Durability.D0, Map.of());
                    }
                },
                node.ids(),
                wakes::incrementAndGet);

        assertThatThrownBy(() -> without.enqueue(NOTE, new Note("1"), OPTIONS.unique("order-7")))
                .isInstanceOfSatisfying(
                        AbsentCapabilityException.class,
                        e -> assertThat(e.capability()).isEqualTo("unique-key"));

        assertThat(store.enqueued()).isEmpty();
        assertThat(without.enqueue(NOTE, new Note("1"), OPTIONS).status()).isEqualTo(Receipt.Status.ACCEPTED);
    }

    @Test
    void aStoreOutsideTheCallersDatabaseTakesNoPartInItsTransaction() {
        // A connection that nobody may touch.
        Connection connection = (Connection) Proxy.newProxyInstance(
                ClientTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    throw new AssertionError(method);
                });
        assertThatThrownBy(() -> client.enqueue(connection, NOTE, new Note("x"), OPTIONS))
                .isInstanceOfSatisfying(AbsentCapabilityException.class, e -> {
                    assertThat(e.capability()).isEqualTo("transactional-enqueue");
                    assertThat(e).hasMessageContaining("\"memory\"").hasMessageContaining("\"postgres\"");
                });
        assertThat(stored()).isZero();
    }
}
