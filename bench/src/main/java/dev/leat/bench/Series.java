package dev.leat.bench;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The runs of one contender.
 *
 * @param runs those that count, in their order; at least one
 * @param repeated those that do not, since other processes took too much of the machine meanwhile
 */
public record Series(String name, List<Sample> runs, List<Sample> repeated) {
    public Series {
        runs = List.copyOf(runs);
        repeated = List.copyOf(repeated);
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("\"" + name + "\" has no runs");
        }
    }

    /** Of the runs that count and have this measure, each measure by itself; of an even number the mean of the middle two. */
    public OptionalDouble median(Measure measure) {
        double[] sorted = runs.stream()
                .map(run -> run.value(measure))
                .flatMap(value -> value.isPresent() ? Stream.of(value.getAsDouble()) : Stream.empty())
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        int half = sorted.length / 2;
        if (sorted.length == 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2);
    }

    /** Everything that any of its runs was measured by, in the order in which it first came up. */
    public Set<Measure> measures() {
        Set<Measure> measures = new LinkedHashSet<>();
        runs.forEach(run -> measures.addAll(run.values().keySet()));
        return measures;
    }
}
