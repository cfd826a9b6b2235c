package dev.leat.verify.simulation;

import dev.leat.verify.history.Event;
import dev.leat.verify.history.Verdict;
import java.util.List;

/**
 * What came of one simulated life.
 *
 * @param operations calls of the store and its duties, faults not among them
 * @param impossible transitions that there are none of
 * @param history everything that was asked and answered
 */
public record Run(
        long seed, long operations, Coverage coverage, Verdict verdict, List<String> impossible, List<Event> history) {
    public Run {
        impossible = List.copyOf(impossible);
        history = List.copyOf(history);
    }

    /** Whether every promise was kept. */
    public boolean holds() {
        return verdict.holds() && impossible.isEmpty();
    }
}
