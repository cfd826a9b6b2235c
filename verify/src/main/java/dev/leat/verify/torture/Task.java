package dev.leat.verify.torture;

/**
 * What a job of the load carries: how its handler is to behave.
 *
 * @param millis how long it takes, or waits
 * @param times on how many of its first attempts it fails
 * @param filler so that payloads are of all sizes
 */
record Task(Behaviour does, int millis, int times, String filler) {
    enum Behaviour {
        QUICK,
        SLOW,
        RETRY,
        SNOOZE,
        DISCARD,
        CANCEL,
        FAIL,
        STACK_OVERFLOW,
        OUT_OF_MEMORY,
        /** Completes its job in a transaction of its own, with a row; or does not commit it. */
        COMMIT,
        /** Until it is interrupted, or 20 s have passed. */
        HANG,
        /** Ends its process on the spot. */
        POISON
    }

    static Task poison() {
        return new Task(Behaviour.POISON, 0, 0, "");
    }
}
