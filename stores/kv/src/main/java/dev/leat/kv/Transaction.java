package dev.leat.kv;

import dev.leat.api.Lane;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the calls of the writer work in, one after the other: a draft of the next commit, and what is kept in memory of the store, which
 * nobody else changes. A call that fails is undone alone, in both. For the writer's thread alone.
 */
final class Transaction {
    private final KvFile file;
    private final StoreTime time;
    private final Lanes lanes;
    private final Totals totals = new Totals();
    private final Fronts fronts = new Fronts();
    private final List<Lane> added = new ArrayList<>();
    private Draft draft;
    private Set<Lane> woken = new HashSet<>();
    private int callsLanes;
    private int callsTotals;
    private long lease;
    private long position;
    private long now;

    Transaction(KvFile file, StoreTime time, Lanes lanes) {
        this.file = file;
        this.time = time;
        this.lanes = lanes;
        draft = new Draft(file.committed(), fronts);
        load();
    }

    private void load() {
        Contents committed = file.committed();
        lanes.load(committed);
        totals.load(committed);
        committed.get(Keys.MARK).ifPresent(mark -> {
            lease = Math.max(lease, mark.getLong());
            position = Math.max(position, mark.getLong());
            time.notBefore(mark.getLong());
        });
    }

    /** Nothing of it is committed yet. */
    Draft draft() {
        return draft;
    }

    /** The time of the call: one for all that it does. */
    long now() {
        return now;
    }

    /** Greater than all before, also than those of commits that failed. */
    long nextLease() {
        return ++lease;
    }

    /** Behind all before. */
    long nextPosition() {
        return ++position;
    }

    Lanes lanes() {
        return lanes;
    }

    Totals totals() {
        return totals;
    }

    /** The number of a lane, which gets one if it has none. */
    int number(Lane lane) {
        Integer known = lanes.known(lane).orElse(null);
        if (known != null) {
            return known;
        }
        int number = lanes.add(draft, lane);
        added.add(lane);
        return number;
    }

    /** Others are to be told, after the commit, that a job of the lane can be claimed. */
    void wake(int lane) {
        woken.add(lanes.lane(lane));
    }

    /** Whom the call that just ran wakes. */
    Set<Lane> woken() {
        return woken;
    }

    /** Looks at the store again if the last commit failed: it may hold it or not. */
    void begin() {
        if (file.reopen()) {
            fronts.forget();
            load();
        }
        draft = new Draft(file.committed(), fronts);
    }

    void beginCall() {
        callsLanes = added.size();
        callsTotals = totals.mark();
        woken = new HashSet<>();
        now = time.now();
    }

    void endCall() {
        draft.endCall();
    }

    void undoCall() {
        undo(callsLanes, callsTotals);
        draft.undoCall();
    }

    boolean changesSomething() {
        return !draft.isEmpty();
    }

    void commit() {
        totals.put(draft);
        draft.put(Keys.MARK, "", lease, position, now);
        try {
            file.commit(draft);
        } catch (RuntimeException | Error e) {
            undo(0, 0);
            throw e;
        }
        totals.keep();
        added.clear();
    }

    private void undo(int keptLanes, int keptTotals) {
        totals.undoTo(keptTotals);
        while (added.size() > keptLanes) {
            lanes.remove(added.removeLast());
        }
    }
}
