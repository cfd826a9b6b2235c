package dev.leat.verify.torture;

import dev.leat.verify.history.Event;
import dev.leat.verify.history.HistoryChecker;
import dev.leat.verify.history.HistoryFile;
import dev.leat.verify.history.MinimalHistory;
import dev.leat.verify.history.Op;
import dev.leat.verify.history.Phase;
import dev.leat.verify.history.Verdict;
import dev.leat.verify.history.Violation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What a folder of histories shows.
 *
 * @param kinds how often each fault was done, by its word
 * @param findings the broken promises, the first few with everything that explains them
 */
public record Judgement(Verdict verdict, Map<String, Integer> kinds, List<Finding> findings) {
    /** Of so many violations everything is told. */
    private static final int EXPLAINED = 3;

    private static final long AROUND = Duration.ofSeconds(15).toNanos();

    /**
     * A broken promise.
     *
     * @param enough the events that show it by themselves, without faults; empty if many others were explained before
     * @param faults what was broken and mended around that time
     */
    public record Finding(Violation violation, List<Event> enough, List<Event> faults) {
        public Finding {
            enough = List.copyOf(enough);
            faults = List.copyOf(faults);
        }
    }

    public Judgement {
        kinds = new LinkedHashMap<>(kinds);
        findings = List.copyOf(findings);
    }

    /**
     * Judges what the files of this folder hold.
     *
     * @param slack as {@link HistoryChecker} has it
     */
    public static Judgement of(Path folder, Duration slack) {
        HistoryChecker checker = new HistoryChecker(slack);
        Map<String, Integer> kinds = new TreeMap<>();
        List<Event> faults = new ArrayList<>();
        HistoryFile.read(folder, event -> {
            checker.accept(event);
            if (event.op() == Op.FAULT) {
                faults.add(event);
                if (event.phase() == Phase.INVOKE) {
                    kinds.merge(Objects.requireNonNullElse(event.word(), ""), 1, Integer::sum);
                }
            }
        });
        Verdict verdict = checker.verdict();
        List<Finding> findings = new ArrayList<>();
        for (Violation violation : verdict.violations()) {
            findings.add(
                    findings.size() < EXPLAINED
                            ? explained(folder, violation, slack, faults)
                            : new Finding(violation, List.of(), List.of()));
        }
        return new Judgement(verdict, kinds, findings);
    }

    private static Finding explained(Path folder, Violation violation, Duration slack, List<Event> faults) {
        List<Event> enough = MinimalHistory.of(each -> HistoryFile.read(folder, each), violation, slack);
        List<Event> own =
                enough.stream().filter(event -> event.op() != Op.FAULT).toList();
        // What shows only in the final state is about what was done to the job last.
        long at = own.stream()
                .filter(event -> event.op() != Op.FINAL && event.at() <= violation.at())
                .mapToLong(Event::at)
                .max()
                .orElse(violation.at());
        return new Finding(
                violation,
                own,
                faults.stream()
                        .filter(event -> Math.abs(event.at() - at) <= AROUND)
                        .toList());
    }
}
