package dev.leat.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Has contenders take turns, so that what else happens on the machine, and what changes in it, meets them all alike. A run in
 * which other processes took more than 15 % of the machine's CPU is repeated, as often as {@link Sizes#repeats} says; after that it
 * counts as it is.
 */
public final class Runs {
    private final Sizes sizes;
    private final Watcher watcher;

    Runs(Sizes sizes, Watcher watcher) {
        this.sizes = sizes;
        this.watcher = watcher;
    }

    /** Is told of each run when it is over. */
    @FunctionalInterface
    public interface Watcher {
        void ran(String contender, Kind kind, Sample sample);
    }

    /** What becomes of a run. */
    public enum Kind {
        WARM_UP,
        REPEATED,
        COUNTED
    }

    Findings interleaved(List<? extends Contender> contenders) throws Exception {
        for (int i = 0; i < sizes.warmups(); i++) {
            for (Contender each : contenders) {
                watcher.ran(each.name(), Kind.WARM_UP, each.run());
            }
        }
        Map<String, List<Sample>> counted = new LinkedHashMap<>();
        Map<String, List<Sample>> repeated = new LinkedHashMap<>();
        for (Contender each : contenders) {
            if (counted.put(each.name(), new ArrayList<>()) != null) {
                throw new IllegalArgumentException("two contenders are called \"" + each.name() + "\"");
            }
            repeated.put(each.name(), new ArrayList<>());
        }
        for (int i = 0; i < sizes.runs(); i++) {
            for (Contender each : contenders) {
                run(each, counted.getOrDefault(each.name(), List.of()), repeated.getOrDefault(each.name(), List.of()));
            }
        }
        return new Findings(counted.entrySet().stream()
                .map(each ->
                        new Series(each.getKey(), each.getValue(), repeated.getOrDefault(each.getKey(), List.of())))
                .toList());
    }

    private void run(Contender contender, List<Sample> counted, List<Sample> repeated) throws Exception {
        for (int tries = 0; ; tries++) {
            Sample sample = contender.run();
            if (!sample.isDisturbed() || tries == sizes.repeats()) {
                counted.add(sample);
                watcher.ran(contender.name(), Kind.COUNTED, sample);
                return;
            }
            repeated.add(sample);
            watcher.ran(contender.name(), Kind.REPEATED, sample);
        }
    }
}
