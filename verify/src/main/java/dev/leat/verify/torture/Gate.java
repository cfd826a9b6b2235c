package dev.leat.verify.torture;

import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Holds a process at a moment of its calls, so that it can be killed just there. Thread-safe. */
final class Gate {
    /** Longer than anybody needs to kill a process that says where it is. */
    private static final long HELD_SECONDS = 10;

    /** A moment at which a process can be killed. */
    enum Moment {
        /** The store has handed jobs out, and nobody knows yet. */
        CLAIM_REPLY(true),
        /** A handler runs. */
        RUNNING(true),
        /** Handlers have ended, and the store was not told. */
        BEFORE_SETTLE(true),
        /** The store is just being told. */
        SETTLE_IN_FLIGHT(false),
        /** New jobs are on their way to the store. */
        ENQUEUE_IN_FLIGHT(false),
        /** The store has the new jobs, and nobody knows yet. */
        ENQUEUE_REPLY(true);

        private final boolean holds;
        private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

        Moment(boolean holds) {
            this.holds = holds;
        }

        String word() {
            return word;
        }

        static Moment of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    private final Consumer<Moment> reached;
    private final AtomicReference<@Nullable Moment> wanted = new AtomicReference<>();

    /** @param reached told when the moment that is waited for has come */
    Gate(Consumer<Moment> reached) {
        this.reached = reached;
    }

    /** The next thread that comes to this moment says so, and is held there if that is how it is to be killed. */
    void awaits(Moment moment) {
        wanted.set(moment);
    }

    void pass(Moment moment) {
        if (wanted.get() == moment && wanted.compareAndSet(moment, null)) {
            reached.accept(moment);
            if (moment.holds) {
                hold();
            }
        }
    }

    private static void hold() {
        try {
            new CountDownLatch(1).await(HELD_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
