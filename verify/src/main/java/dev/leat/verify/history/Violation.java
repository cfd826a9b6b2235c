package dev.leat.verify.history;

/**
 * One broken promise.
 *
 * @param job whose, 0 if it is not about one job
 * @param at when it showed, in the history's nanoseconds
 * @param sentence what happened
 */
public record Violation(Invariant invariant, long job, long at, String sentence) {
    @Override
    public String toString() {
        return invariant + " (" + invariant.promise() + "): " + sentence;
    }
}
