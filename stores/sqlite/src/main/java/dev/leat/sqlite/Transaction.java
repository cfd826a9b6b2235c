package dev.leat.sqlite;

import dev.leat.api.Lane;
import dev.leat.sqlite.Session.Query;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the calls of the writer work in, one after the other: the connection that writes, and what is kept in memory of the file, which
 * nobody else changes. A call that fails is undone alone, in both. For the writer's thread alone.
 */
final class Transaction {
    private final Session session;
    private final StoreTime time;
    private final Lanes lanes;
    private final Totals totals = new Totals();
    private final List<Lane> added = new ArrayList<>();
    private Set<Lane> woken = new HashSet<>();
    private int callsLanes;
    private int callsTotals;
    private long changesBefore;
    private long lease;
    private long position;
    private long version;
    private long now;

    Transaction(Session session, StoreTime time, Lanes lanes) throws SQLException {
        this.session = session;
        this.time = time;
        this.lanes = lanes;
        lanes.load(session);
        totals.load(session);
        session.query("mark_get").each(row -> {
            lease = row.getLong("lease");
            position = row.getLong("position");
            version = row.getLong("version");
            time.notBefore(row.getLong("time"));
            return false;
        });
    }

    Query query(String name) throws SQLException {
        return session.query(name);
    }

    /** For what is done between transactions. */
    Session session() {
        return session;
    }

    /** The time of the call: one for all that it does. */
    long now() {
        return now;
    }

    /** Greater than all before, also than those of transactions that came to nothing. */
    long nextLease() {
        return ++lease;
    }

    /** Behind all before. */
    long nextPosition() {
        return ++position;
    }

    long nextVersion() {
        return ++version;
    }

    Lanes lanes() {
        return lanes;
    }

    Totals totals() {
        return totals;
    }

    /** The number of a lane, which gets one if it has none. */
    int number(Lane lane) throws SQLException {
        Integer known = lanes.known(lane).orElse(null);
        if (known != null) {
            return known;
        }
        int number = lanes.add(session, lane);
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

    void begin() throws SQLException {
        session.execute("begin immediate");
        changesBefore = changes();
    }

    void beginCall() throws SQLException {
        session.execute("savepoint call");
        startCall();
    }

    /** For a call that is alone in its transaction, which is then all that has to be undone. */
    void startCall() {
        callsLanes = added.size();
        callsTotals = totals.mark();
        woken = new HashSet<>();
        now = time.now();
    }

    void endCall() throws SQLException {
        session.execute("release call");
    }

    /** @throws SQLException if the whole transaction is gone with it */
    void undoCall() throws SQLException {
        undo(callsLanes, callsTotals);
        session.execute("rollback to call");
        session.execute("release call");
    }

    /** Stores what the calls changed of what is kept in memory. */
    void store() throws SQLException {
        if (changes() != changesBefore) {
            totals.store(session);
            session.query("mark_set")
                    .set("lease", lease)
                    .set("position", position)
                    .set("version", version)
                    .set("time", now)
                    .update();
        }
    }

    private long changes() throws SQLException {
        return session.query("changes").first(row -> row.getLong("changes")).orElse(0L);
    }

    void commit() throws SQLException {
        session.execute("commit");
        totals.keep();
        added.clear();
    }

    /** Undoes everything; false if SQLite had done so already. */
    boolean rollBack() {
        undo(0, 0);
        try {
            session.execute("rollback");
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private void undo(int keptLanes, int keptTotals) {
        totals.undoTo(keptTotals);
        while (added.size() > keptLanes) {
            lanes.remove(added.removeLast());
        }
    }

    void close() throws SQLException {
        session.close();
    }
}
