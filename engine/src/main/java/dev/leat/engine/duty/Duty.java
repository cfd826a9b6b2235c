package dev.leat.engine.duty;

/** One thing to do over and over. Does as much as one step should, never waits, and leaves pauses to its runner. */
@FunctionalInterface
public interface Duty {
    /** Nothing was done, only because others were at it that moment. */
    int CONTENDED = -1;

    /** What there is to do is better done with what comes within a moment: at the next wake-up, or after some milliseconds. */
    int SOON = -2;

    /**
     * Does one step.
     *
     * @return how much was done; 0 if there was nothing to do; {@link #CONTENDED}; or {@link #SOON}
     */
    int doWork();
}
