package dev.leat.verify.simulation;

import dev.leat.verify.history.Event;
import dev.leat.verify.history.Verdict;
import dev.leat.verify.history.Violation;
import java.util.List;
import java.util.stream.Stream;

/**
 * What came of one simulated life.
 *
 * @param operations calls of the store and its duties, faults not among them
 * @param impossible transitions that there are none of
 * @param steps what was done: its number, and who did what; nothing more where there was nothing to do
 * @param history everything that was asked and answered
 */
public record Run(
        long seed,
        long operations,
        Coverage coverage,
        Verdict verdict,
        List<String> impossible,
        List<String> steps,
        List<Event> history) {
    public Run {
        impossible = List.copyOf(impossible);
        steps = List.copyOf(steps);
        history = List.copyOf(history);
    }

    /** What was broken, sentence by sentence. */
    public List<String> complaints() {
        return Stream.concat(verdict.violations().stream().map(Violation::toString), impossible.stream())
                .toList();
    }

    /** What was broken first, in a word that stays the same when less is done; empty if nothing was. */
    String complaint() {
        return verdict.violations().stream()
                .findFirst()
                .map(violation -> violation.invariant().name())
                .orElse(impossible.isEmpty() ? "" : "impossible");
    }

    /** Whether every promise was kept. */
    public boolean holds() {
        return verdict.holds() && impossible.isEmpty();
    }
}
