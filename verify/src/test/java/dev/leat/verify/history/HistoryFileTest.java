package dev.leat.verify.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistoryFileTest {
    @TempDir
    Path folder;

    private List<Event> read() {
        List<Event> events = new ArrayList<>();
        HistoryFile.read(folder, events::add);
        return events;
    }

    /** Each process's events in its own file. */
    private void write(Told history) {
        history.events.stream().map(Event::process).distinct().forEach(process -> {
            try (HistoryFile file = HistoryFile.create(folder, process)) {
                file.accept(history.events.stream()
                        .filter(event -> event.process().equals(process))
                        .toList());
            }
        });
    }

    private static Told history() {
        return new Told()
                .enqueue(7, event -> event.key("schlüssel \"1\"\n").due(5))
                .claim("w1", 7, 1)
                .renew("w1", 1, "held")
                .settle("w1", 7, 1, "completed")
                .byHand(Op.CANCEL, 7, "not_allowed")
                .lead("n1", 3)
                .kill("w1")
                .end(7, "completed", event -> event.crashes(2));
    }

    @Test
    void whatSeveralProcessesWroteComesBackInTheOrderOfTime() {
        Told history = history();
        write(history);

        assertThat(read()).isEqualTo(history.events).isSortedAccordingTo(Comparator.comparingLong(Event::at));
    }

    @Test
    void aLineThatWasCutOffIsLeftOut() throws IOException {
        Told history = history();
        write(history);
        Files.writeString(folder.resolve("w1.jsonl"), "{\"at\":99,\"proc", StandardOpenOption.APPEND);

        assertThat(read()).isEqualTo(history.events);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"at\":1} | has no phase",
                "[] | is no JSON object",
                "{\"at\":1,\"process\":\"a\",\"call\":1,\"op\":\"fly\",\"phase\":\"ok\"} | fly",
                "{\"at\":1,\"process\":\"a\",\"call\":1,\"op\":\"claim\",\"phase\":\"ok\",\"colour\":1} | colour",
                "{\"at\":1,\"process\":\"a\",\"call\":1,\"op\":\"claim\",\"phase\":\"ok\",\"job\":\"?\"} | id",
                "nonsense | is no event"
            })
    void aLineThatIsNoEventIsNamed(String line, String why) throws IOException {
        Files.writeString(
                folder.resolve("w9.jsonl"), history().events.getFirst().line() + line + "\n");

        assertThatThrownBy(this::read).isInstanceOf(HistoryException.class).hasMessageContainingAll("w9.jsonl:2", why);
    }

    @Test
    void aFileThatGoesBackInTimeIsRefused() throws IOException {
        List<Event> events = history().events;
        Files.writeString(
                folder.resolve("w9.jsonl"), events.get(5).line() + events.get(0).line());

        assertThatThrownBy(this::read).hasMessageContainingAll("w9.jsonl:2", "earlier");
    }

    @Test
    void aFolderWithoutHistoryIsRefused() {
        assertThatThrownBy(this::read).hasMessageContaining("no history in");
    }

    @Test
    void theFewEventsThatShowAViolationAreFound() {
        Told history = new Told();
        for (long job = 1; job < 50; job++) {
            history.enqueue(job)
                    .claim("w1", job, job)
                    .settle("w1", job, job, "release")
                    .claim("w2", job, 100 + job)
                    .settle("w2", job, 100 + job, "completed");
        }
        history.settle("w3", 20, 120, "completed");
        for (long job = 1; job < 50; job++) {
            history.end(job, "completed");
        }
        write(history);
        HistoryChecker checker = new HistoryChecker(Told.SLACK);
        read().forEach(checker);
        Violation violation = checker.verdict().violations().stream()
                .filter(each -> each.invariant() == Invariant.I3)
                .findFirst()
                .orElseThrow();

        List<Event> few = MinimalHistory.of(each -> HistoryFile.read(folder, each), violation, Told.SLACK);

        assertThat(few).extracting(Event::op).containsExactly(Op.SETTLE, Op.SETTLE, Op.SETTLE, Op.SETTLE);
        assertThat(few).extracting(Event::process).containsExactly("w2", "w2", "w3", "w3");
    }
}
