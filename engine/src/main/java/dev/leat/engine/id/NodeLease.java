package dev.leat.engine.id;

import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.StoreException;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlRecord;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import dev.leat.engine.codec.Json;
import dev.leat.engine.codec.JsonException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds one of the cluster's 2,048 node numbers for this process and renews it; {@link #ids} makes ids under it. No two
 * processes can make the same id, as {@link Tenure} argues, as long as the control store forgets no record of a number
 * whose {@code until} is not past.
 *
 * <p>A number is a record in the space {@value #SPACE}, named by its four digits, with a {@link NodeRecord} as its value. It
 * is free if it has no record, or when the store's time has passed the record's {@code until}. If it was lost (this process
 * stood still for longer than the lease, and another one took it), the next {@link #doWork} takes another number.
 */
public final class NodeLease implements AutoCloseable {
    public static final String SPACE = "nodes";

    private static final Logger LOG = LoggerFactory.getLogger(NodeLease.class);
    /** A lost message or two must not cost the number. */
    private static final int RENEWALS_PER_LEASE = 6;

    private static final int HOST_SHOWN = 32;
    private static final int AWAY = 2;

    private final ControlStore store;
    private final MonotonicClock clock;
    private final NodeSettings settings;
    private final String name;
    private final NumberChoice choice;
    private final IdSource ids;
    private final ReentrantLock duty = new ReentrantLock();

    private @Nullable Holding holding;
    /** The last second in which this process has, or may have, made ids under a number that it no longer holds. */
    private long lastSecond;

    private long renewedAt;
    private boolean closed;
    /** How often the store has not answered since it last did; that it could not even be asked says as much as two lost answers. */
    private int failures;

    private volatile boolean urgent;
    private volatile Announcement announcement = new Announcement(NodeStatus.RUNNING, List.of());

    private record Holding(RecordKey key, int number, long version, Tenure tenure) {}

    private record Announcement(NodeStatus status, List<String> kinds) {}

    private NodeLease(
            ControlStore store, MonotonicClock clock, NodeSettings settings, int numbers, RandomGenerator random) {
        this.store = store;
        this.clock = clock;
        this.settings = settings;
        this.name = uniqueName(settings.metadata(), random);
        this.choice = new NumberChoice(numbers, random);
        this.ids = new IdSource(clock, settings.patience());
    }

    /**
     * Takes a free number.
     *
     * @throws StoreException if there is none or the store cannot be used; then the number may be taken for one lease
     */
    public static NodeLease acquire(ControlStore store, MonotonicClock clock, NodeSettings settings) {
        return acquire(store, clock, settings, NumberChoice.NUMBERS, new SecureRandom());
    }

    static NodeLease acquire(
            ControlStore store, MonotonicClock clock, NodeSettings settings, int numbers, RandomGenerator random) {
        NodeLease lease = new NodeLease(store, clock, settings, numbers, random);
        lease.doWork();
        return lease;
    }

    /** Fit to be a node's name in the control store: lower-case letters, digits, dots and dashes. */
    private static String uniqueName(NodeRecord.Metadata where, RandomGenerator random) {
        String host = where.host().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]", "-");
        String start = host.isEmpty() || !Character.isLetterOrDigit(host.charAt(0)) ? "node" + host : host;
        String shown = start.substring(0, Math.min(start.length(), HOST_SHOWN));
        return shown + "-" + where.pid() + "-" + HexFormat.of().toHexDigits(random.nextLong());
    }

    /** Where ids come from, for the life of this object. */
    public IdSource ids() {
        return ids;
    }

    /** This process's unique name, which is never used again. */
    public String name() {
        return name;
    }

    /** The number held now; it changes if it is lost. */
    public Optional<Integer> number() {
        duty.lock();
        try {
            return Optional.ofNullable(holding).map(Holding::number);
        } finally {
            duty.unlock();
        }
    }

    /** Whether no other process could make ids at this moment. One that is about to start is not seen. */
    public boolean isAlone() {
        long now = second(store.time());
        List<ControlRecord> page = store.range(SPACE, "", ControlStore.MOST);
        while (!page.isEmpty()) {
            if (page.stream().anyMatch(found -> isAnother(found, now))) {
                return false;
            }
            page = store.range(SPACE, page.getLast().key().name(), ControlStore.MOST);
        }
        return true;
    }

    private boolean isAnother(ControlRecord found, long now) {
        try {
            NodeRecord known = Json.STRICT.read(found.value(), NodeRecord.class);
            return !known.node().equals(name) && known.status() != NodeStatus.STOPPED && known.until() >= now;
        } catch (JsonException e) {
            return true; // a newer Leat's
        }
    }

    /** Has the next {@link #doWork} tell the others what this node does. */
    public void announce(NodeStatus status, Collection<KindName> kinds) {
        announcement = new Announcement(
                status, kinds.stream().map(KindName::value).sorted().toList());
        urgent = true;
    }

    /**
     * Renews the lease when a sixth of it has passed since the last time, or takes another number if this one is lost. To be
     * called every few seconds, and sooner after it failed.
     *
     * @return 1 if it asked the store, else 0
     * @throws StoreException if the store cannot be used or no number is free; ids are made up to the last confirmed second
     */
    public int doWork() {
        duty.lock();
        try {
            if (closed || !isDue()) {
                return 0;
            }
            work();
            failures = 0;
            return 1;
        } catch (StoreException e) {
            failures += e.effect() == StoreException.Effect.NONE ? AWAY : 1;
            urgent = true;
            ids.failed(e);
            throw e;
        } finally {
            duty.unlock();
        }
    }

    private boolean isDue() {
        long passed = clock.nanoTime() - renewedAt;
        return urgent
                || holding == null
                || passed < 0
                || passed >= settings.lease().toNanos() / RENEWALS_PER_LEASE;
    }

    private void work() {
        urgent = false;
        Instant now = storeTime();
        ids.pace(now);
        Holding held = holding;
        if (held == null || !renew(held, now)) {
            acquireNumber();
        }
        renewedAt = clock.nanoTime();
        ids.recovered();
    }

    /** False if the number is lost. */
    private boolean renew(Holding held, Instant now) {
        // Never less than before, also when the store's clock goes back: ids up to there may have been made.
        long until = Math.max(held.tenure().until(), leaseEnd(now));
        if (put(held.key(), held.version(), announcement.status(), until, now) instanceof Written.Done done) {
            confirm(held, done.version(), until);
            return true;
        }
        ControlRecord found = store.get(held.key()).orElse(null);
        NodeRecord mine = found == null ? null : ownRecord(found);
        if (found == null || mine == null) {
            LOG.warn("Node number {} was taken from {}; taking another", held.number(), name);
            holding = null;
            lastSecond = held.tenure().end();
            return false;
        }
        // A renewal whose answer was lost did happen. What it wrote is ours, as long as that version stands.
        confirm(held, found.version(), mine.until());
        urgent = true;
        return true;
    }

    private void confirm(Holding held, long version, long until) {
        holding = new Holding(held.key(), held.number(), version, held.tenure());
        held.tenure().extend(until);
    }

    private @Nullable NodeRecord ownRecord(ControlRecord found) {
        try {
            NodeRecord known = Json.STRICT.read(found.value(), NodeRecord.class);
            return known.node().equals(name) ? known : null;
        } catch (JsonException e) {
            return null;
        }
    }

    private void acquireNumber() {
        for (int round = 0; round < NumberChoice.ROUNDS; round++) {
            Instant now = storeTime();
            for (NumberChoice.Free free : choice.free(store, second(now))) {
                long until = leaseEnd(now);
                if (put(free.key(), free.version(), announcement.status(), until, now) instanceof Written.Done done) {
                    hold(free, done.version(), second(now), until);
                    return;
                }
            }
        }
        throw new StoreException(
                "Others were faster at each node number that was free. Ask again.", StoreException.Effect.NONE, null);
    }

    private void hold(NumberChoice.Free free, long version, long now, long until) {
        long first = Math.max(now, Math.max(free.until(), lastSecond) + 1);
        Tenure tenure = new Tenure(free.number(), first, until);
        holding = new Holding(free.key(), free.number(), version, tenure);
        ids.hold(tenure);
        LOG.info("{} holds node number {}", name, free.number());
    }

    private Written put(RecordKey key, long expected, NodeStatus status, long until, Instant now) {
        NodeRecord value = new NodeRecord(name, until, status, announcement.kinds(), now, settings.metadata());
        return store.write(List.of(new Change.Put(key, expected, Json.STRICT.writeText(value))), null);
    }

    private Instant storeTime() {
        Instant now = store.time();
        if (second(now) < 1 || second(now) > JobId.MAX_SECOND) {
            throw new StoreException(
                    "The control store's clock says " + now + ", but job ids can tell only times from 2024 to 2160."
                            + " Set the clock of the store's machine.",
                    StoreException.Effect.NONE,
                    null);
        }
        return now;
    }

    private static long second(Instant time) {
        return time.getEpochSecond() - JobId.EPOCH_SECOND;
    }

    private long leaseEnd(Instant now) {
        return Math.min(second(now) + settings.lease().toSeconds(), JobId.MAX_SECOND);
    }

    /**
     * Makes no more ids, and gives the number back as of the last second in which one was made. If the store does not answer,
     * or could not be asked the last time, the number stays taken until the lease ends. May be called twice.
     */
    @Override
    public void close() {
        duty.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            ids.stop();
            Holding held = holding;
            if (held != null) {
                // Only when nothing more can be made may `until` be lowered.
                long lastUsed = held.tenure().end();
                if (failures < AWAY) {
                    giveBack(held, lastUsed);
                }
            }
        } catch (StoreException e) {
            LOG.warn("Could not give node number back; it frees itself when its lease ends: {}", e.getMessage());
        } finally {
            duty.unlock();
        }
    }

    private void giveBack(Holding held, long lastUsed) {
        Instant now = store.time();
        Written answer = put(held.key(), held.version(), NodeStatus.STOPPED, lastUsed, now);
        if (answer instanceof Written.Conflict) {
            // Either a renewal whose answer was lost, or another node's by now.
            store.get(held.key())
                    .filter(found -> ownRecord(found) != null)
                    .ifPresent(found -> put(held.key(), found.version(), NodeStatus.STOPPED, lastUsed, now));
        }
    }
}
