package dev.leat.api.control;

import dev.leat.api.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the engine remembers apart from jobs: node numbers, schedules, routes, limits. Small versioned records with
 * compare-and-set, append-only journals, and one leader per role. Exactly one per cluster.
 *
 * <p>Every store promises: a write is atomic and durable when answered; what was written is read by everybody from then on;
 * versions and epochs only grow and are never reused, also after a delete.
 *
 * <p>Every method may throw {@link StoreException} when the store cannot be used. After one with unknown effect read before
 * writing again: a compare-and-set that is repeated answers {@link Written.Conflict} if it had happened. A caller's slip is
 * an {@link IllegalArgumentException}, with nothing changed. All methods may be
 * called from any number of threads and processes.
 */
public interface ControlStore extends AutoCloseable {
    /** The most characters of a value or journal entry: 64 Ki. */
    int MAX_VALUE = 64 * 1024;

    /** The most items of one page or write. */
    int MOST = 1_000;

    /** The clock by which leadership ends. */
    Instant time();

    Optional<ControlRecord> get(RecordKey key);

    /**
     * The records of a space in the order of their names by code point, starting behind a name.
     *
     * @param after the last name of the page before, or an empty string for the first page
     * @param max 1 to {@link #MOST}
     */
    List<ControlRecord> range(String space, String after, int max);

    /**
     * Makes all changes or none. A leadership is compared by role, node and epoch: until another epoch begins its holder may
     * write, also after its time has passed. Where both the leadership and a version are out of date, either is answered.
     *
     * @param changes 1 to {@link #MOST}, no record twice
     * @param as the leadership under which to write, checked in the same atomic step; null for a write that any node may make
     */
    Written write(List<Change> changes, @Nullable Leadership as);

    /**
     * The version of the last write to a space, or 0: what a watcher polls. It grows with every put and delete in the space.
     */
    long revision(String space);

    /**
     * The entries of a journal behind a sequence number, oldest first. A reader that goes on from the last sequence it saw
     * misses nothing, whatever was being written meanwhile.
     *
     * @param after the last sequence of the page before, or 0
     * @param max 1 to {@link #MOST}
     */
    List<JournalEntry> journal(String journal, long after, int max);

    /**
     * Asks to lead a role, or to go on leading it.
     *
     * <p>After: granted with a new epoch if nobody leads or the leader's time has passed; granted with the same epoch and a
     * new end if this node leads and its time has not passed; else empty.
     *
     * @param lease 100 ms to 1 day
     */
    Optional<Leadership> lead(String role, String node, Duration lease);

    /** Ends a leadership now, so that another node need not wait for its end. Without effect if it has passed on already. */
    void resign(Leadership leadership);

    /** Releases what the store holds in this process. May be called twice. */
    @Override
    void close();
}
