package dev.leat.testkit;

import static dev.leat.testkit.ControlSubject.KEY;
import static dev.leat.testkit.ControlSubject.SPACE;
import static dev.leat.testkit.ControlSubject.append;
import static dev.leat.testkit.ControlSubject.done;
import static dev.leat.testkit.ControlSubject.key;
import static dev.leat.testkit.ControlSubject.newRecord;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.control.Change;
import dev.leat.api.control.ControlRecord;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Records are written all or none, only over the version expected, and versions only grow. */
abstract class RecordRules {
    private static final RecordKey ROUTE = new RecordKey("routes", "mail");
    private static final int THREADS = 8;

    private final ControlSubject store;

    RecordRules(ControlSubject store) {
        this.store = store;
    }

    // One record.

    @Test
    void aRecordThatNeverWasIsAbsent() {
        assertThat(store.get(KEY)).isEmpty();
        assertThat(store.store().range(SPACE, "", 10)).isEmpty();
        assertThat(store.store().revision(SPACE)).isZero();
    }

    @Test
    void whatIsWrittenIsReadByEveryHandle() {
        long version = store.done(newRecord(KEY, "{\"cron\":\"0 3 * * *\"}"));

        ControlRecord expected = new ControlRecord(KEY, version, "{\"cron\":\"0 3 * * *\"}");
        assertThat(store.get(KEY)).contains(expected);
        assertThat(store.other().get(KEY)).contains(expected);
        assertThat(store.other().range(SPACE, "", 10)).containsExactly(expected);
        assertThat(store.other().revision(SPACE)).isEqualTo(version);
    }

    @Test
    void aRecordIsReplacedOverItsVersion() {
        long first = store.done(newRecord(KEY, "1"));

        long second = store.done(new Change.Put(KEY, first, "2"));

        assertThat(second).isGreaterThan(first);
        assertThat(store.get(KEY)).contains(new ControlRecord(KEY, second, "2"));
    }

    @Test
    void aRecordThatExistsIsNotCreated() {
        long version = store.done(newRecord(KEY, "1"));

        assertThat(store.write(newRecord(KEY, "2"))).isEqualTo(new Written.Conflict(KEY, version));

        assertThat(store.get(KEY)).contains(new ControlRecord(KEY, version, "1"));
    }

    @Test
    void aRecordIsNotReplacedOverAnotherVersion() {
        long first = store.done(newRecord(KEY, "1"));
        long second = store.done(new Change.Put(KEY, first, "2"));

        for (long wrong : new long[] {first, second + 1, Long.MAX_VALUE}) {
            assertThat(store.write(new Change.Put(KEY, wrong, "3"))).isEqualTo(new Written.Conflict(KEY, second));
        }

        assertThat(store.get(KEY)).contains(new ControlRecord(KEY, second, "2"));
    }

    @Test
    void anAbsentRecordIsNotReplaced() {
        assertThat(store.write(new Change.Put(KEY, 7, "1"))).isEqualTo(new Written.Conflict(KEY, Change.ABSENT));

        assertThat(store.get(KEY)).isEmpty();
        assertThat(store.store().revision(SPACE)).isZero();
    }

    @Test
    void aRecordIsDeletedAtItsVersion() {
        long version = store.done(newRecord(KEY, "1"));

        assertThat(store.done(new Change.Delete(KEY, version))).isGreaterThan(version);

        assertThat(store.get(KEY)).isEmpty();
        assertThat(store.store().range(SPACE, "", 10)).isEmpty();
    }

    @Test
    void aRecordIsNotDeletedAtAnotherVersion() {
        long first = store.done(newRecord(KEY, "1"));
        long second = store.done(new Change.Put(KEY, first, "2"));

        assertThat(store.write(new Change.Delete(KEY, first))).isEqualTo(new Written.Conflict(KEY, second));

        assertThat(store.get(KEY)).contains(new ControlRecord(KEY, second, "2"));
    }

    @Test
    void anAbsentRecordIsNotDeleted() {
        assertThat(store.write(new Change.Delete(KEY, 7))).isEqualTo(new Written.Conflict(KEY, Change.ABSENT));
    }

    @Test
    void aVersionIsNotReusedAfterADelete() {
        long before = 0;
        for (int i = 0; i < 5; i++) {
            long created = store.done(newRecord(KEY, "1"));
            assertThat(created).isGreaterThan(before);
            long old = before;
            if (old > 0) {
                assertThat(store.write(new Change.Put(KEY, old, "2"))).isEqualTo(new Written.Conflict(KEY, created));
            }
            before = store.done(new Change.Delete(KEY, created));
            assertThat(before).isGreaterThan(created);
        }
    }

    @Test
    void aVersionIsGreaterThanThatOfEveryWriteBefore() {
        long last = 0;
        for (int i = 0; i < 20; i++) {
            long version = store.done(newRecord(i % 2 == 0 ? key("k" + i) : new RecordKey("routes", "k" + i), "1"));
            assertThat(version).isGreaterThan(last);
            last = version;
        }
    }

    // Several at once.

    @Test
    void aWriteOfManyRecordsIsMadeWhole() {
        long old = store.done(newRecord(KEY, "1"));
        long gone = store.done(newRecord(key("gone"), "1"));

        long version = store.done(
                new Change.Put(KEY, old, "2"),
                new Change.Delete(key("gone"), gone),
                newRecord(ROUTE, "\"postgres\""),
                append("\"changed\""));

        assertThat(store.get(KEY)).contains(new ControlRecord(KEY, version, "2"));
        assertThat(store.get(key("gone"))).isEmpty();
        assertThat(store.get(ROUTE)).contains(new ControlRecord(ROUTE, version, "\"postgres\""));
        assertThat(store.entries()).containsExactly("\"changed\"");
    }

    @Test
    void aWriteWithOneConflictIsNotMadeAtAll() {
        long version = store.done(newRecord(KEY, "1"));
        long kept = store.done(newRecord(key("kept"), "1"), append("\"first\""));
        List<Object> before = store.everything();
        List<Change> changes = new ArrayList<>(List.of(
                newRecord(ROUTE, "1"),
                append("\"second\""),
                new Change.Delete(key("kept"), kept),
                new Change.Put(KEY, version + 1, "2")));

        for (int i = 0; i < changes.size(); i++) {
            Collections.rotate(changes, 1);
            assertThat(store.store().write(changes, null)).isEqualTo(new Written.Conflict(KEY, version));
        }

        assertThat(store.everything()).isEqualTo(before);
    }

    @Test
    void ofSeveralConflictsOneIsNamed() {
        long first = store.done(newRecord(key("a"), "1"));
        long second = store.done(newRecord(key("b"), "1"));

        assertThat(store.write(newRecord(key("a"), "2"), newRecord(key("b"), "2")))
                .isIn(new Written.Conflict(key("a"), first), new Written.Conflict(key("b"), second));
    }

    @Test
    void aThousandRecordsMayBeWrittenAtOnce() {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < ControlStore.MOST; i++) {
            changes.add(newRecord(key("k" + i), "" + i));
        }

        long version = done(store.store().write(changes, null));

        List<ControlRecord> records = store.store().range(SPACE, "", ControlStore.MOST);
        assertThat(records)
                .hasSize(ControlStore.MOST)
                .extracting(ControlRecord::version)
                .containsOnly(version);
    }

    @Test
    void writesOfTooFewOrTooManyChangesAreRefused() {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i <= ControlStore.MOST; i++) {
            changes.add(newRecord(key("k" + i), "1"));
        }

        assertSlip(() -> store.store().write(changes, null));
        assertSlip(() -> store.store().write(List.of(), null));

        assertThat(store.store().range(SPACE, "", 10)).isEmpty();
    }

    @Test
    void aWriteNamesNoRecordTwice() {
        long version = store.done(newRecord(KEY, "1"));

        assertSlip(() -> store.write(new Change.Put(KEY, version, "2"), new Change.Put(KEY, version, "3")));
        assertSlip(() -> store.write(new Change.Delete(KEY, version), newRecord(KEY, "3")));

        assertThat(store.get(KEY)).contains(new ControlRecord(KEY, version, "1"));
    }

    // Values.

    @Test
    void valuesComeBackCharByChar() {
        List<String> values = List.of(
                "{ \"b\":1,  \"a\":2, \"a\":3 }\r\n\t",
                "9007199254740993",
                "1e400",
                "-0.0",
                "\"\\u0000 \\ud800 ' \\\\ ; drop table records; --\"",
                "\"e\u0301 \u00e9 \u2028 \u202e \u200d \ufeff \uffff \u007f \"",
                "\"" + new String(Character.toChars(0x1F469)) + "\"",
                "x".repeat(ControlStore.MAX_VALUE),
                "\u20ac".repeat(ControlStore.MAX_VALUE),
                new String(Character.toChars(0x10FFFF)).repeat(ControlStore.MAX_VALUE / 2));
        for (int i = 0; i < values.size(); i++) {
            store.done(newRecord(key("k" + i), values.get(i)), append(values.get(i)));

            assertThat(store.get(key("k" + i))).map(ControlRecord::value).contains(values.get(i));
        }
        assertThat(store.entries()).isEqualTo(values);
    }

    @Test
    void aNameIsUniqueWithinItsSpaceOnly() {
        RecordKey elsewhere = new RecordKey("routes", KEY.name());
        long here = store.done(newRecord(KEY, "1"));
        long there = store.done(newRecord(elsewhere, "2"));

        assertThat(store.get(KEY)).contains(new ControlRecord(KEY, here, "1"));
        assertThat(store.get(elsewhere)).contains(new ControlRecord(elsewhere, there, "2"));
        store.done(new Change.Delete(KEY, here));
        assertThat(store.get(elsewhere)).isPresent();
    }

    // Ranges.

    @Test
    void aRangeIsInTheOrderOfCodePoints() {
        // By most languages' rules for sorting these come in another order.
        List<String> names =
                List.of("a", "a-b", "a-c", "a.b", "a0", "a_b", "aa", "ab", "b", "b-", "b.", "b0", "b_", "z");
        List<String> shuffled = new ArrayList<>(names);
        Collections.shuffle(shuffled, new Random(8));
        shuffled.forEach(name -> store.done(newRecord(key(name), "1")));
        store.done(newRecord(ROUTE, "1"));

        assertThat(names(store.store().range(SPACE, "", 100))).isEqualTo(names);
        for (int i = 0; i < names.size(); i++) {
            assertThat(names(store.store().range(SPACE, names.get(i), 100)))
                    .isEqualTo(names.subList(i + 1, names.size()));
        }
    }

    @Test
    void pagesFollowEachOtherWithoutGapOrOverlap() {
        for (int i = 0; i < 50; i++) {
            store.done(newRecord(key("k" + i), "" + i));
        }

        List<String> paged = new ArrayList<>();
        List<String> page;
        do {
            page = names(store.store().range(SPACE, paged.isEmpty() ? "" : paged.get(paged.size() - 1), 7));
            paged.addAll(page);
            assertThat(paged).doesNotHaveDuplicates();
        } while (page.size() == 7);

        assertThat(paged)
                .isEqualTo(
                        IntStream.range(0, 50).mapToObj(i -> "k" + i).sorted().toList());
    }

    @Test
    void aRangeMayStartBehindANameThatIsNotThere() {
        store.done(newRecord(key("a"), "1"), newRecord(key("c"), "1"));

        assertThat(names(store.store().range(SPACE, "b", 10))).containsExactly("c");
        assertThat(names(store.store().range(SPACE, "zzz", 10))).isEmpty();
    }

    @Test
    void pagesOfTooFewOrTooManyAreRefused() {
        for (int wrong : new int[] {0, -1, ControlStore.MOST + 1}) {
            assertSlip(() -> store.store().range(SPACE, "", wrong));
            assertSlip(() -> store.store().journal("audit", 0, wrong));
        }
    }

    // Revisions.

    @Test
    void aRevisionIsTheVersionOfTheLastWriteToItsSpace() {
        long put = store.done(newRecord(KEY, "1"));
        assertThat(store.store().revision(SPACE)).isEqualTo(put);

        long replaced = store.done(new Change.Put(KEY, put, "2"));
        assertThat(store.store().revision(SPACE)).isEqualTo(replaced);

        long deleted = store.done(new Change.Delete(KEY, replaced));
        assertThat(store.store().revision(SPACE)).isEqualTo(deleted);
        assertThat(store.other().revision(SPACE)).isEqualTo(deleted);
    }

    @Test
    void aRevisionGrowsWithWritesToItsSpaceOnly() {
        long here = store.done(newRecord(KEY, "1"));
        long there = store.done(newRecord(ROUTE, "1"));
        store.done(new Change.Delete(ROUTE, there));
        store.done(append("\"entry\""));
        store.write(newRecord(KEY, "2"));

        assertThat(store.store().revision(SPACE)).isEqualTo(here);
        assertThat(store.store().revision("nodes")).isZero();
    }

    @Test
    void aWriteToTwoSpacesMovesBothRevisions() {
        long version = store.done(newRecord(KEY, "1"), newRecord(ROUTE, "1"));

        assertThat(store.store().revision(SPACE)).isEqualTo(version);
        assertThat(store.store().revision("routes")).isEqualTo(version);
    }

    // Races.

    @Test
    void noUpdateIsLostAmongEightWriters() throws Exception {
        store.done(newRecord(KEY, "0"));

        Race.of(THREADS, thread -> () -> {
            for (int done = 0; done < 25; ) {
                ControlRecord now = store.handle(thread).get(KEY).orElseThrow();
                String next = "" + (Integer.parseInt(now.value()) + 1);
                Written written = store.handle(thread).write(List.of(new Change.Put(KEY, now.version(), next)), null);
                done += written instanceof Written.Done ? 1 : 0;
            }
            return 0;
        });

        assertThat(store.get(KEY)).map(ControlRecord::value).contains("" + THREADS * 25);
    }

    @Test
    void ofManyWhoCreateARecordOneDoes() throws Exception {
        for (int round = 0; round < 10; round++) {
            RecordKey key = key("round-" + round);

            List<Written> written = Race.of(
                    THREADS,
                    thread -> () -> store.handle(thread)
                            .write(List.of(newRecord(key, "" + thread), append("\"" + key.name() + "\"")), null));

            ControlRecord record = store.get(key).orElseThrow();
            int winner = Integer.parseInt(record.value());
            for (int thread = 0; thread < THREADS; thread++) {
                assertThat(written.get(thread))
                        .isEqualTo(
                                thread == winner
                                        ? new Written.Done(record.version())
                                        : new Written.Conflict(key, record.version()));
            }
            assertThat(store.entries()).hasSize(round + 1);
        }
    }

    @Test
    void writesOfTheSameRecordsInAnyOrderNeitherHangNorMix() throws Exception {
        int accounts = 5;
        for (int i = 0; i < accounts; i++) {
            store.done(newRecord(key("account-" + i), "100"));
        }

        Race.of(THREADS, thread -> () -> {
            Random random = new Random(thread);
            for (int done = 0; done < 15; ) {
                int from = random.nextInt(accounts);
                int to = (from + 1 + random.nextInt(accounts - 1)) % accounts;
                Written written = store.handle(thread).write(List.of(moved(from, -7), moved(to, 7)), null);
                done += written instanceof Written.Done ? 1 : 0;
            }
            return 0;
        });

        int sum = store.store().range(SPACE, "", 10).stream()
                .mapToInt(record -> Integer.parseInt(record.value()))
                .sum();
        assertThat(sum).isEqualTo(100 * accounts);
    }

    private Change moved(int account, int by) {
        ControlRecord now = store.get(key("account-" + account)).orElseThrow();
        return new Change.Put(now.key(), now.version(), "" + (Integer.parseInt(now.value()) + by));
    }

    @Test
    void aRevisionIsNeverBehindWhatWasAnswered() throws Exception {
        Race.of(THREADS, thread -> () -> {
            for (int i = 0; i < 20; i++) {
                long version =
                        done(store.handle(thread).write(List.of(newRecord(key("t" + thread + "-" + i), "1")), null));
                assertThat(store.handle(thread + 1).revision(SPACE)).isGreaterThanOrEqualTo(version);
            }
            return 0;
        });
    }

    // The store itself.

    @Test
    void theStoresTimeIsTheClocks() {
        store.clock.advance(Duration.ofDays(100));

        for (ControlStore handle : List.of(store.store(), store.other())) {
            assertThat(handle.time())
                    .isBetween(
                            store.clock.instant().minus(Duration.ofMinutes(5)),
                            store.clock.instant().plus(Duration.ofMinutes(5)));
        }
    }

    @Test
    void aStoreMayBeClosedTwice() {
        store.store().close();
        store.store().close();
    }

    private static List<String> names(List<ControlRecord> records) {
        return records.stream().map(record -> record.key().name()).toList();
    }

    private static void assertSlip(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class);
    }
}
