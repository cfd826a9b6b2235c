package dev.leat.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a scenario came to: the runs of all its contenders, and the figures drawn from them. Not thread-safe. */
public final class Findings {
    private final List<Series> series;
    private final List<Figure> figures = new ArrayList<>();

    public Findings(List<Series> series) {
        this.series = List.copyOf(series);
    }

    /** Both together, in this order. */
    public Findings and(Findings more) {
        List<Series> all = new ArrayList<>(series);
        all.addAll(more.series);
        Findings both = new Findings(all);
        both.figures.addAll(figures);
        both.figures.addAll(more.figures);
        return both;
    }

    /**
     * Adds the ratio of two medians: that of the one divided by that of the other. Left out if either was not measured.
     *
     * @param name such as {@code drain vs classic table}, unique in the whole bench
     * @throws IllegalArgumentException if there is no contender of that name
     */
    public Findings ratio(String name, Measure measure, String one, String other, @Nullable Target target) {
        double divisor = named(other).median(measure).orElse(0);
        named(one)
                .median(measure)
                .ifPresent(value -> add(name, divisor == 0 ? Double.NaN : value / divisor, true, target));
        return this;
    }

    /** Adds the median of one contender as a figure with a target; left out if it was not measured. */
    public Findings figure(String name, Measure measure, String contender, Target target) {
        named(contender).median(measure).ifPresent(value -> add(name, value, false, target));
        return this;
    }

    private void add(String name, double value, boolean ratio, @Nullable Target target) {
        if (Double.isFinite(value)) {
            figures.add(new Figure(name, value, ratio, Optional.ofNullable(target)));
        }
    }

    private Series named(String name) {
        return series.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no contender \"" + name + "\""));
    }

    public List<Series> series() {
        return series;
    }

    public List<Figure> figures() {
        return List.copyOf(figures);
    }
}
