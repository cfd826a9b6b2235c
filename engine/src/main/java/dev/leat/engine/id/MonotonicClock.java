package dev.leat.engine.id;

import java.util.concurrent.locks.Condition;

/** How time passes in this process. It paces and never judges: whatever it does, no id is made twice. */
public interface MonotonicClock {
    /** Nanoseconds since a fixed but arbitrary moment; only differences mean something. */
    long nanoTime();

    /** Waits on the condition, whose lock is held, for at most so many of this clock's nanoseconds. May return early. */
    void await(Condition condition, long nanos) throws InterruptedException;

    MonotonicClock SYSTEM = new MonotonicClock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        // The caller asks again what it waits for, in a loop.
        @SuppressWarnings("WaitNotInLoop")
        public void await(Condition condition, long nanos) throws InterruptedException {
            condition.awaitNanos(nanos);
        }
    };
}
