package dev.leat.verify.simulation;

import dev.leat.api.Transition;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** How often everything happened that can: every transition, every answer, every fault. Not thread-safe. */
public final class Coverage {
    private final Map<Transition, Long> transitions = new EnumMap<>(Transition.class);
    private final Map<String, Long> answers = new TreeMap<>();
    private final Map<Fault, Long> faults = new EnumMap<>(Fault.class);

    /** Of nothing yet. */
    public Coverage() {
        for (Transition transition : Transition.values()) {
            transitions.put(transition, 0L);
        }
        for (Fault fault : Fault.values()) {
            faults.put(fault, 0L);
        }
    }

    void add(Transition transition) {
        transitions.merge(transition, 1L, Long::sum);
    }

    void add(Fault fault) {
        faults.merge(fault, 1L, Long::sum);
    }

    /** @param answer such as {@code settle completed accepted} */
    void add(String answer) {
        answers.merge(answer, 1L, Long::sum);
    }

    /** Adds up. */
    public void addAll(Coverage other) {
        other.transitions.forEach((transition, times) -> transitions.merge(transition, times, Long::sum));
        other.answers.forEach((answer, times) -> answers.merge(answer, times, Long::sum));
        other.faults.forEach((fault, times) -> faults.merge(fault, times, Long::sum));
    }

    /** Every one there is. */
    public Map<Transition, Long> transitions() {
        return new EnumMap<>(transitions);
    }

    /** Those that were given. */
    public Map<String, Long> answers() {
        return new TreeMap<>(answers);
    }

    /** Every one there is. */
    public Map<Fault, Long> faults() {
        return new EnumMap<>(faults);
    }

    public long faultsDone() {
        return faults.values().stream().mapToLong(Long::longValue).sum();
    }
}
