package dev.leat.bench;

import java.util.OptionalDouble;

/**
 * What a ratio should be.
 *
 * @param least whether the bound is the least that will do; otherwise it is the most
 * @param goal what one would like better than the bound, if there is such a thing
 */
public record Target(boolean least, double bound, OptionalDouble goal) {
    public static Target atLeast(double bound) {
        return new Target(true, bound, OptionalDouble.empty());
    }

    public static Target atMost(double bound) {
        return new Target(false, bound, OptionalDouble.empty());
    }

    public Target goal(double better) {
        return new Target(least, bound, OptionalDouble.of(better));
    }

    public boolean isMetBy(double value) {
        return least ? value >= bound : value <= bound;
    }

    @Override
    public String toString() {
        String aim = goal.isPresent() ? " (goal " + number(goal.getAsDouble()) + ")" : "";
        return (least ? "at least " : "at most ") + number(bound) + aim;
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
