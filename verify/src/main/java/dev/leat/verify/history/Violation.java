package dev.leat.verify.history;

/**
 * One broken promise.
 *
 * @param job whose, 0 if it is not about one job
 * @param other a job that it is about too, 0 if there is none
 * @param at when it showed, in the history's nanoseconds
 * @param sentence what happened
 */
public record Violation(Invariant invariant, long job, long other, long at, String sentence) {
    @Override
    public String toString() {
        return invariant + " (" + invariant.promise() + "): " + sentence;
    }
}
