package dev.leat.api.store;

import dev.leat.api.Lane;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Facet of a store through which engines, in one process or several, tell each other that jobs may have become available: by {@link JobStore#enqueue},
 * {@link JobStore#promote}, {@link JobStore#reclaim}, a release, or a retry by hand.
 *
 * <p>Only a hint, at most once: it may come late, be about jobs that are gone by then, or never come. Whoever listens polls as
 * well. Of several who listen some may be told a moment later than others, so that not all go for one job at once.
 */
public interface Wakeups {
    /**
     * Has the listener called with what other processes told, by a thread of the store; with what was told through this very store, once, by
     * whoever told it; and with {@link Wakeup#ANYWHERE} when something may have been missed: at the beginning, and after each time that the
     * connection broke. It may be called before this returns, and must not wait.
     */
    Listening listen(Consumer<Wakeup> listener);

    /** Tells that a transaction with jobs in it was committed by somebody else than the store. Returns at once. */
    void committed();

    /**
     * Where jobs may be.
     *
     * @param lanes none if it is not known, so that they may be anywhere
     */
    record Wakeup(Set<Lane> lanes) {
        public static final Wakeup ANYWHERE = new Wakeup(Set.of());

        public Wakeup {
            lanes = Set.copyOf(lanes);
        }

        public boolean isAnywhere() {
            return lanes.isEmpty();
        }
    }

    /** Lasts until it is closed, or the store is. */
    interface Listening extends AutoCloseable {
        /**
         * The listener is not called any more after this, unless it is this that it calls, or somebody was just telling of something. May
         * be called twice.
         */
        @Override
        void close();
    }
}
