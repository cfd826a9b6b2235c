package dev.leat.verify.simulation;

import dev.leat.api.Transition;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** How often everything happened that can: every transition, every answer, every fault. Not thread-safe. */
public final class Coverage {
    private final Map<Transition, Long> transitions = new EnumMap<>(Transition.class);
    private final Map<String, Map<String, Long>> answers = new HashMap<>();
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

    /** Somebody asked for something, and that was the answer. */
    void add(String asked, String answer) {
        answers.computeIfAbsent(asked, first -> new HashMap<>()).merge(answer, 1L, Long::sum);
    }

    /** Adds up. */
    public void addAll(Coverage other) {
        other.transitions.forEach((transition, times) -> transitions.merge(transition, times, Long::sum));
        other.answers.forEach((asked, given) -> given.forEach((answer, times) ->
                answers.computeIfAbsent(asked, first -> new HashMap<>()).merge(answer, times, Long::sum)));
        other.faults.forEach((fault, times) -> faults.merge(fault, times, Long::sum));
    }

    /** Every one there is. */
    public Map<Transition, Long> transitions() {
        return new EnumMap<>(transitions);
    }

    /** Those that were given, each behind what was asked, such as {@code settle accepted}. */
    public Map<String, Long> answers() {
        Map<String, Long> all = new TreeMap<>();
        answers.forEach((asked, given) -> given.forEach((answer, times) -> all.put(asked + " " + answer, times)));
        return all;
    }

    /** Every one there is. */
    public Map<Fault, Long> faults() {
        return new EnumMap<>(faults);
    }

    public long faultsDone() {
        return faults.values().stream().mapToLong(Long::longValue).sum();
    }
}
