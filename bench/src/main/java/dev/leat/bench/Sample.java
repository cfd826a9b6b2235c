package dev.leat.bench;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** What one run came to. What could not be measured is not in it. */
public record Sample(Map<Measure, Double> values) {
    /** More of the machine's CPU than this for others, and a run says little about what it ran. */
    static final double MOST_FOR_OTHERS = 0.15;

    public Sample {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    public static Sample of(Measure measure, double value) {
        return new Sample(Map.of(measure, value));
    }

    /** The same with one more value, or another one for that measure. */
    public Sample with(Measure measure, double value) {
        Map<Measure, Double> more = new LinkedHashMap<>(values);
        more.put(measure, value);
        return new Sample(more);
    }

    public OptionalDouble value(Measure measure) {
        Double value = values.get(measure);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** Whether other processes took so much of the machine that this run does not count. */
    boolean isDisturbed() {
        return value(Measure.OTHERS).orElse(0) > MOST_FOR_OTHERS;
    }
}
