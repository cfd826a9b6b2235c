package dev.leat.verify.simulation;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Finds the few steps of a life that bring about what is wrong with it. */
public final class Shrinker {
    private Shrinker() {}

    /**
     * Leaves out ever smaller parts of a life, as long as the same promise is broken without them: half of it, a quarter, down
     * to single steps. Faults and jobs are steps like others.
     *
     * @param world as that of the life that failed
     * @return the life that is left, which breaks the same promise
     * @throws IllegalArgumentException if nothing is wrong with this life
     */
    public static Run shrink(long seed, Function<VirtualClock, World> world) {
        Run run = Simulation.run(seed, Set.of(), world);
        if (run.holds()) {
            throw new IllegalArgumentException("nothing is wrong with the life of seed " + seed);
        }
        String complaint = run.complaint();
        Set<Integer> leftOut = new TreeSet<>();
        for (int size = Simulation.STEPS / 2; size > 0; size /= 2) {
            for (int from = 0; from < Simulation.STEPS; from += size) {
                List<Integer> part = IntStream.range(from, Math.min(Simulation.STEPS, from + size))
                        .filter(step -> !leftOut.contains(step))
                        .boxed()
                        .toList();
                Set<Integer> without = new TreeSet<>(leftOut);
                without.addAll(part);
                Run fewer = part.isEmpty() ? run : Simulation.run(seed, without, world);
                if (!part.isEmpty() && fewer.complaint().equals(complaint)) {
                    leftOut.addAll(part);
                    run = fewer;
                }
            }
        }
        return run;
    }
}
