package dev.leat.bench;

import java.util.Optional;

/**
 * A number that stands for others: the ratio of two medians, or one median that has a target of its own.
 *
 * @param ratio whether it is a ratio; otherwise it has the unit that its name says
 */
public record Figure(String name, double value, boolean ratio, Optional<Target> target) {
    /** Whether it is as it should be; true if nobody said how that is. */
    public boolean isMet() {
        return target.map(wanted -> wanted.isMetBy(value)).orElse(true);
    }
}
