package dev.leat.testkit;

import static dev.leat.testkit.ControlSubject.KEY;
import static dev.leat.testkit.ControlSubject.append;
import static dev.leat.testkit.ControlSubject.newRecord;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.control.Change;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.JournalEntry;
import dev.leat.api.control.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A journal keeps every entry in one order, and a reader that follows it misses none. */
abstract class JournalRules {
    private static final int WRITERS = 8;

    private final ControlSubject store;

    JournalRules(ControlSubject store) {
        this.store = store;
    }

    @Test
    void aJournalThatNeverWasIsEmpty() {
        assertThat(store.store().journal("audit", 0, 10)).isEmpty();
    }

    @Test
    void entriesStandInTheOrderInWhichTheyWereWritten() {
        for (int i = 0; i < 20; i++) {
            store.done(append("" + i));
        }

        assertThat(store.entries())
                .isEqualTo(IntStream.range(0, 20).mapToObj(i -> "" + i).toList());
        assertThat(sequences(store.store().journal("audit", 0, 100)))
                .isSorted()
                .doesNotHaveDuplicates()
                .allMatch(sequence -> sequence > 0);
    }

    @Test
    void entriesOfOneWriteKeepTheirOrder() {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            changes.add(append("" + i));
        }

        assertThat(store.store().write(changes, null)).isEqualTo(new Written.Done(0));

        assertThat(store.entries())
                .isEqualTo(IntStream.range(0, 100).mapToObj(i -> "" + i).toList());
    }

    @Test
    void aThousandEntriesMayBeWrittenAtOnce() {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < ControlStore.MOST; i++) {
            changes.add(append("" + i));
        }

        ControlSubject.done(store.store().write(changes, null));

        assertThat(store.entries()).hasSize(ControlStore.MOST);
    }

    @Test
    void anEntryKnowsWhenItWasWritten() {
        store.clock.advance(Duration.ofDays(10));
        store.done(append("1"));
        store.clock.advance(Duration.ofDays(10));
        store.done(append("2"));

        List<JournalEntry> entries = store.store().journal("audit", 0, 10);

        assertThat(entries.get(1).writtenAt())
                .isBetween(
                        store.clock.instant().minus(Duration.ofMinutes(5)),
                        store.clock.instant().plus(Duration.ofMinutes(5)));
        assertThat(Duration.between(entries.get(0).writtenAt(), entries.get(1).writtenAt()))
                .isBetween(Duration.ofDays(10), Duration.ofDays(11));
    }

    @Test
    void aPageStartsBehindASequence() {
        for (int i = 0; i < 10; i++) {
            store.done(append("" + i));
        }
        List<JournalEntry> all = store.store().journal("audit", 0, 100);

        for (int i = 0; i < 10; i++) {
            assertThat(store.store().journal("audit", all.get(i).sequence(), 3))
                    .isEqualTo(all.subList(i + 1, Math.min(10, i + 4)));
        }
        assertThat(store.store().journal("audit", Long.MAX_VALUE, 3)).isEmpty();
    }

    @Test
    void journalsAreKeptApart() {
        store.done(append("1"), new Change.Append("migration", "2"));
        store.done(new Change.Append("migration", "3"), append("4"));

        assertThat(store.entries()).containsExactly("1", "4");
        assertThat(store.store().journal("migration", 0, 10))
                .extracting(JournalEntry::entry)
                .containsExactly("2", "3");
    }

    @Test
    void aRefusedWriteLeavesNoEntry() {
        store.done(newRecord(KEY, "1"), append("1"));
        store.write(append("2"), newRecord(KEY, "2"));
        store.done(append("3"));

        assertThat(store.entries()).containsExactly("1", "3");
    }

    @Test
    void entriesAreReadByEveryHandle() {
        store.done(append("1"));

        assertThat(store.other().journal("audit", 0, 10))
                .isEqualTo(store.store().journal("audit", 0, 10))
                .hasSize(1);
    }

    @Test
    void aReaderThatFollowsEightWritersMissesNothing() throws Exception {
        int each = 60;
        AtomicInteger writing = new AtomicInteger(WRITERS);
        List<JournalEntry> followed = new ArrayList<>();
        List<Callable<Integer>> works = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            works.add(() -> {
                try {
                    writeEntries(writer, each);
                } finally {
                    writing.decrementAndGet();
                }
                return 0;
            });
        }
        works.add(() -> {
            boolean last;
            do {
                last = writing.get() == 0;
                follow(followed);
            } while (!last);
            return 0;
        });

        Race.of(works);

        List<JournalEntry> all = store.store().journal("audit", 0, ControlStore.MOST);
        assertThat(all).hasSize(WRITERS * each);
        assertThat(followed).isEqualTo(all);
        for (int writer = 0; writer < WRITERS; writer++) {
            String mark = "\"" + writer + "-";
            assertThat(all.stream()
                            .map(JournalEntry::entry)
                            .filter(entry -> entry.startsWith(mark))
                            .toList())
                    .isEqualTo(IntStream.range(0, each)
                            .mapToObj(n -> mark + n + "\"")
                            .toList());
        }
    }

    /** In writes of one to three entries, some beside a record. */
    private void writeEntries(int writer, int each) {
        for (int n = 0; n < each; ) {
            List<Change> changes = new ArrayList<>();
            if (n % 2 == 0) {
                changes.add(newRecord(ControlSubject.key("w" + writer + "-" + n), "1"));
            }
            for (int more = 1 + n % 3; more > 0 && n < each; more--) {
                changes.add(append("\"" + writer + "-" + n++ + "\""));
            }
            ControlSubject.done(store.handle(writer).write(changes, null));
        }
    }

    private void follow(List<JournalEntry> followed) {
        List<JournalEntry> page;
        do {
            long after =
                    followed.isEmpty() ? 0 : followed.get(followed.size() - 1).sequence();
            page = store.other().journal("audit", after, 17);
            assertThat(page)
                    .hasSizeLessThanOrEqualTo(17)
                    .allMatch(entry -> entry.sequence() > after, "stands behind the last one read");
            followed.addAll(page);
        } while (!page.isEmpty());
    }

    private static List<Long> sequences(List<JournalEntry> entries) {
        return entries.stream().map(JournalEntry::sequence).toList();
    }
}
