package dev.leat.engine.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.StoreException;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlRecord;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import dev.leat.engine.codec.Json;
import dev.leat.engine.id.FaultyControlStore.Fault;
import dev.leat.engine.memory.InMemoryControlStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeLeaseTest {
    private static final int NUMBERS = 2_048;
    private static final Duration RENEWAL = Duration.ofSeconds(10);
    private static final NodeSettings SETTINGS = new NodeSettings(
            new NodeRecord.Metadata("Host_1.example", 42, "1.2.3"), Duration.ofSeconds(60), Duration.ofSeconds(10));

    private final FakeTime time = new FakeTime();
    private final FakeTime.NodeClock clock = time.nodeClock();
    private final ControlStore store = new InMemoryControlStore(time);
    private final Random random = new Random(11);
    private Fault fault = Fault.NONE;
    private String faultyMethod = "";
    private final ControlStore faulty = new FaultyControlStore(
            store, method -> method.equals(faultyMethod) || faultyMethod.isEmpty() ? fault : Fault.NONE);

    @Test
    void writesARecordThatOthersCanRead() {
        NodeLease lease = open(store);
        lease.announce(NodeStatus.DRAINING, List.of(new KindName("report"), new KindName("mail")));
        time.advance(Duration.ofSeconds(3));

        assertThat(lease.doWork()).isEqualTo(1);

        assertThat(lease.name()).matches("host-1\\.example-42-[0-9a-f]{16}");
        assertThat(Checks.name("node", lease.name())).isEqualTo(lease.name());
        assertThat(stored(number(lease)).value())
                .isEqualTo("{\"node\":\"" + lease.name() + "\",\"until\":" + (time.second() + 60)
                        + ",\"status\":\"draining\",\"kinds\":[\"mail\",\"report\"],"
                        + "\"last_seen\":\"2026-03-01T12:00:03Z\","
                        + "\"metadata\":{\"host\":\"Host_1.example\",\"pid\":42,\"version\":\"1.2.3\"}}");
    }

    @Test
    void listsNoMoreKindsThanFit() {
        NodeLease lease = open(store);
        lease.announce(
                NodeStatus.RUNNING,
                IntStream.range(0, 3_000)
                        .mapToObj(i -> new KindName("k".repeat(59) + (1_000 + i)))
                        .toList());
        lease.doWork();
        assertThat(record(number(lease)).kinds()).hasSize(NodeRecord.MOST_KINDS).isSorted();
    }

    @Test
    void givesEachOfMostNodesANumberOfItsOwn() {
        Set<Integer> numbers = new HashSet<>();
        for (int i = 0; i < NUMBERS; i++) {
            assertThat(numbers.add(number(open(store)))).isTrue();
        }
        time.advance(Duration.ofSeconds(13));
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> open(store))
                .withMessage(
                        "All 2048 node numbers are taken; the first is free in 48 s. Wait for it, or stop processes"
                                + " that are not needed.")
                .satisfies(e -> assertThat(e.effect()).isEqualTo(StoreException.Effect.NONE));
        time.advance(Duration.ofSeconds(48));
        assertThat(open(store).number()).isPresent();
    }

    @Test
    void prefersNumbersNeverUsedAndThenThoseFreeForLongest() {
        for (int number = 0; number < NUMBERS - 1; number++) {
            put(number, "other", time.second() - 1 - number);
        }
        assertThat(number(open(store))).isEqualTo(NUMBERS - 1);
        assertThat(number(open(store))).isBetween(NUMBERS - 65, NUMBERS - 2);
    }

    @Test
    void startsAtDifferentNumbers() {
        Set<Integer> first = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            first.add(number(open(new InMemoryControlStore(time))));
        }
        assertThat(first).hasSizeGreaterThan(10);
    }

    @Test
    void leavesAloneWhatItCannotReadAndWhatIsNoNumber() {
        fill(7, 8);
        write(key(7), Change.ABSENT, "{\"node\":\"x\"}");
        write(new RecordKey(NodeLease.SPACE, "9999"), Change.ABSENT, "{}");
        write(new RecordKey(NodeLease.SPACE, "leader"), Change.ABSENT, "{}");
        assertThat(number(open(store))).isEqualTo(8);
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> open(store));
    }

    @Test
    void takesANumberOnlyWhenItsLastSecondIsPast() {
        fill(3);
        put(3, "other", time.second());
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> open(store))
                .withMessageContaining("free in 1 s");
        time.advance(Duration.ofSeconds(1));
        assertThat(number(open(store))).isEqualTo(3);
    }

    @Test
    void startsBehindWhatTheLastHolderMayHaveUsed() {
        fill(3);
        put(3, "other", time.second() - 1);
        assertThat(open(store).ids().next(1).first().second()).isEqualTo(time.second());
    }

    @Test
    void renewsAfterASixthOfTheLease() {
        NodeLease lease = open(store);
        time.advance(RENEWAL.minusNanos(1));
        assertThat(lease.doWork()).isZero();
        time.advance(Duration.ofNanos(1));
        assertThat(lease.doWork()).isEqualTo(1);
        assertThat(record(number(lease)).until()).isEqualTo(time.second() + 60);
        assertThat(lease.doWork()).isZero();
    }

    @Test
    void keepsItsNumberAcrossALapseThatNobodyUsed() {
        NodeLease lease = open(store);
        int number = number(lease);
        time.advance(Duration.ofHours(5));
        lease.doWork();
        assertThat(number(lease)).isEqualTo(number);
        assertThat(lease.ids().next(1).first().second()).isEqualTo(time.second());
    }

    @Test
    void makesIdsWhileTheStoreIsAwayAndNoLonger() {
        NodeLease lease = open(faulty);
        long until = record(number(lease)).until();
        fault = Fault.REQUEST_LOST;
        for (int i = 0; i < 60; i++) {
            time.advance(Duration.ofSeconds(1));
            assertThat(lease.ids().next(1).first().second()).isEqualTo(time.second());
            if (i > 10) {
                assertThatExceptionOfType(StoreException.class).isThrownBy(lease::doWork);
            }
        }
        assertThat(time.second()).isEqualTo(until);
        time.advance(Duration.ofSeconds(1));
        assertThatThrownBy(() -> lease.ids().next(1))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("was not renewed (waited 10 s)")
                .hasMessageContaining("The store does not answer.")
                .hasRootCauseMessage("lost");

        fault = Fault.NONE;
        lease.doWork();
        assertThat(lease.ids().next(1).first().second()).isEqualTo(time.second());
    }

    @Test
    void adoptsARenewalWhoseAnswerWasLost() {
        NodeLease lease = open(faulty);
        int number = number(lease);
        long until = record(number).until();
        fault = Fault.ANSWER_LOST;
        faultyMethod = "write";
        time.advance(RENEWAL);
        assertThatExceptionOfType(StoreException.class).isThrownBy(lease::doWork);
        assertThat(record(number).until()).isEqualTo(until + 10);

        fault = Fault.NONE;
        time.advance(Duration.ofSeconds(5));
        lease.doWork();
        assertThat(number(lease)).isEqualTo(number);
        assertThat(record(number).until()).as("read back").isEqualTo(until + 10);
        lease.doWork();
        assertThat(record(number).until()).as("renewed at once").isEqualTo(until + 15);
        assertThat(lastSecondOf(lease)).isEqualTo(until + 15);
    }

    @Test
    void makesNoIdsUnderARenewalThatWasNotConfirmed() {
        NodeLease lease = open(faulty);
        long until = record(number(lease)).until();
        fault = Fault.ANSWER_LOST;
        faultyMethod = "write";
        time.advance(RENEWAL);
        assertThatExceptionOfType(StoreException.class).isThrownBy(lease::doWork);
        assertThat(record(number(lease)).until()).isEqualTo(until + 10);
        assertThat(lastSecondOf(lease)).isEqualTo(until);
    }

    @Test
    void givesBackANumberWhoseLastRenewalIsNotKnown() {
        NodeLease lease = open(faulty);
        int number = number(lease);
        fault = Fault.ANSWER_LOST;
        faultyMethod = "write";
        time.advance(RENEWAL);
        assertThatExceptionOfType(StoreException.class).isThrownBy(lease::doWork);
        fault = Fault.NONE;
        lease.close();
        assertThat(record(number).status()).isEqualTo(NodeStatus.STOPPED);
        assertThat(record(number).until()).isLessThan(time.second());
    }

    /** Lets the time pass until no more ids are made. */
    private long lastSecondOf(NodeLease lease) {
        long last = 0;
        for (int second = 0; second < 1_000; second++) {
            try {
                last = lease.ids().next(1).first().second();
            } catch (StoreException e) {
                return last;
            }
            time.advance(Duration.ofSeconds(1));
        }
        throw new AssertionError("Goes on for ever.");
    }

    @Test
    void takesAnotherNumberWhenItsOwnWasTaken() {
        NodeLease lease = open(store);
        int lost = number(lease);
        long last = lease.ids().next(5).last().value();
        time.advance(Duration.ofSeconds(61));
        put(lost, "other", time.second() + 60);

        assertThatThrownBy(() -> lease.ids().next(1)).isInstanceOf(StoreException.class);
        lease.doWork();

        assertThat(number(lease)).isNotEqualTo(lost);
        IdRun run = lease.ids().next(1);
        assertThat(run.first().node()).isEqualTo(number(lease));
        assertThat(run.firstValue()).isGreaterThan(last);
        assertThat(record(lost).node()).isEqualTo("other");
    }

    /** The store's clock may have gone back since; ids of the new number still follow the old ones. */
    @Test
    void neverGoesBackWithANewNumber() {
        NodeLease lease = open(store);
        time.advance(Duration.ofSeconds(30));
        long last = lease.ids().next(1).last().value();
        put(number(lease), "thief", time.second() + 600);
        time.jumpStore(Duration.ofSeconds(-5));
        time.advance(RENEWAL.minusSeconds(8));
        lease.announce(NodeStatus.RUNNING, List.of());
        lease.doWork();
        IdRun run = lease.ids().next(1);
        assertThat(run.firstValue()).isGreaterThan(last);
        assertThat(run.first().second()).isLessThanOrEqualTo(time.second() + 2);
    }

    @Test
    void neverLowersUntilWhenTheStoresClockGoesBack() {
        NodeLease lease = open(store);
        long until = record(number(lease)).until();
        time.jumpStore(Duration.ofHours(-3));
        time.advance(RENEWAL);
        lease.doWork();
        assertThat(record(number(lease)).until()).isEqualTo(until);
    }

    @Test
    void givesItsNumberBackAtOnce() {
        fill(5);
        NodeLease lease = open(store);
        time.advance(Duration.ofSeconds(30));
        JobId last = lease.ids().next(1).last();
        lease.close();
        lease.close();

        assertThat(record(5).until()).isEqualTo(last.second());
        assertThat(record(5).status()).isEqualTo(NodeStatus.STOPPED);
        assertThat(lease.doWork()).isZero();
        assertThatThrownBy(() -> lease.ids().next(1))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("has stopped");
        time.advance(Duration.ofSeconds(1));
        assertThat(open(store).ids().next(1).first().second()).isGreaterThan(last.second());
    }

    @Test
    void givesANumberBackThatItNeverUsed() {
        fill(5);
        open(store).close();
        assertThat(record(5).until()).isEqualTo(time.second() - 1);
        assertThat(number(open(store))).isEqualTo(5);
    }

    @Test
    void closesAlsoWhenTheStoreIsAway() {
        NodeLease lease = open(faulty);
        long until = record(number(lease)).until();
        fault = Fault.REQUEST_LOST;
        lease.close();
        assertThat(record(number(lease)).until()).isEqualTo(until);
        assertThatThrownBy(() -> lease.ids().next(1)).isInstanceOf(StoreException.class);
    }

    /** Asking may take as long as a connection does that cannot be made. */
    @ParameterizedTest
    @CsvSource({"UNREACHABLE, 1", "REQUEST_LOST, 2"})
    void doesNotAskAStoreOnceMoreThatIsNotThere(Fault how, int times) {
        NodeLease lease = open(faulty);
        fault = how;
        time.advance(RENEWAL);
        for (int i = 0; i < times; i++) {
            assertThatExceptionOfType(StoreException.class).isThrownBy(lease::doWork);
        }
        fault = Fault.NONE;
        lease.close();
        assertThat(record(number(lease)).status()).isEqualTo(NodeStatus.RUNNING);
        assertThatThrownBy(() -> lease.ids().next(1)).isInstanceOf(StoreException.class);
    }

    @Test
    void leavesANumberToItsNewHolderWhenItCloses() {
        NodeLease lease = open(store);
        put(number(lease), "other", time.second() + 60);
        lease.close();
        assertThat(record(number(lease)).node()).isEqualTo("other");
    }

    @Test
    void refusesAStoreWhoseClockNoIdCanTell() {
        for (Instant wrong :
                List.of(Instant.EPOCH, Instant.parse("2024-01-01T00:00:00Z"), Instant.parse("2161-01-01T00:00:00Z"))) {
            assertThatThrownBy(() -> NodeLease.acquire(new InMemoryControlStore(() -> wrong), clock, SETTINGS))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("clock says " + wrong);
        }
    }

    @Test
    void boundsItsSettings() {
        assertThatThrownBy(() -> new NodeSettings(SETTINGS.metadata(), Duration.ofSeconds(4), Duration.ZERO))
                .isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> new NodeSettings(SETTINGS.metadata(), Duration.ofSeconds(60), Duration.ofMinutes(2)))
                .isInstanceOf(InvalidValueException.class);
        assertThat(NodeSettings.ofThisProcess("1").metadata().pid())
                .isEqualTo(ProcessHandle.current().pid());
    }

    private NodeLease open(ControlStore through) {
        return NodeLease.acquire(through, clock, SETTINGS, NUMBERS, random);
    }

    private static int number(NodeLease lease) {
        return lease.number().orElseThrow();
    }

    private static RecordKey key(int number) {
        return new RecordKey(NodeLease.SPACE, String.format(Locale.ROOT, "%04d", number));
    }

    private ControlRecord stored(int number) {
        return store.get(key(number)).orElseThrow();
    }

    private NodeRecord record(int number) {
        return Json.STRICT.read(stored(number).value(), NodeRecord.class);
    }

    /** Takes all numbers for long but these. */
    private void fill(int... free) {
        for (int number = 0; number < NUMBERS; number++) {
            int candidate = number;
            if (IntStream.of(free).noneMatch(f -> f == candidate)) {
                put(number, "other", time.second() + 1_000_000);
            }
        }
    }

    private void put(int number, String node, long until) {
        long version = store.get(key(number)).map(ControlRecord::version).orElse(Change.ABSENT);
        write(
                key(number),
                version,
                Json.STRICT.writeText(new NodeRecord(
                        node, until, NodeStatus.RUNNING, List.of(), time.instant(), SETTINGS.metadata())));
    }

    private void write(RecordKey key, long version, String value) {
        assertThat(store.write(List.of(new Change.Put(key, version, value)), null))
                .isInstanceOf(Written.Done.class);
    }
}
