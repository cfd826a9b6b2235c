package dev.leat.sqlite;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Pruned;
import dev.leat.api.store.Retention;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Removes jobs that ended long ago, in the order in which they did. What becomes free in the file is used again; the file does not shrink. */
final class Pruning implements Prune {
    private static final List<JobState> FINAL = List.of(JobState.COMPLETED, JobState.CANCELLED, JobState.DISCARDED);

    private final Writer writer;
    private final Readers readers;
    private final StoreTime time;
    private final Lanes lanes;

    Pruning(Writer writer, Readers readers, StoreTime time, Lanes lanes) {
        this.writer = writer;
        this.readers = readers;
        this.time = time;
        this.lanes = lanes;
    }

    @Override
    public Pruned prune(Retention retention, int max) {
        Checks.range("max", max, 1, JobStore.BATCH_JOBS);
        return writer.call(0, tx -> prune(tx, retention, max)).value();
    }

    private Pruned prune(Transaction tx, Retention retention, int max) throws SQLException {
        record Over(JobId id, int lane) {}
        List<JobId> ids = new ArrayList<>();
        Map<Lane, Map<JobState, Long>> removed = new HashMap<>();
        for (JobState state : FINAL) {
            Duration kept = retention.of(state);
            if (kept == null || ids.size() == max) {
                continue;
            }
            for (Over over : tx.query("done_over")
                    .set("state", Slot.end(state))
                    .set("until", tx.now() - StoreTime.micros(kept))
                    .set("most", max - ids.size())
                    .rows(row -> new Over(new JobId(row.getLong("id")), row.getInt("lane")))) {
                ids.add(over.id);
                tx.totals().add(over.lane, Slot.of(state), -1);
                removed.computeIfAbsent(tx.lanes().lane(over.lane), lane -> new EnumMap<>(JobState.class))
                        .merge(state, 1L, Long::sum);
            }
        }
        if (!ids.isEmpty()) {
            String gone = Ids.json(ids);
            for (String each : List.of("prune_keys", "prune_originals", "prune_attempts", "prune_done", "prune_jobs")) {
                tx.query(each).set("ids", gone).update();
            }
        }
        int windows =
                tx.query("prune_windows").set("now", tx.now()).set("most", max).update();
        return new Pruned(removed, ids.size() == max || windows == max);
    }

    @Override
    public Pruned due(Retention retention) {
        long now = time.now();
        return readers.read(session -> {
            Map<Lane, Map<JobState, Long>> due = new HashMap<>();
            for (JobState state : FINAL) {
                Duration kept = retention.of(state);
                if (kept != null) {
                    session.query("done_due")
                            .set("state", Slot.end(state))
                            .set("until", now - StoreTime.micros(kept))
                            .each(row -> {
                                due.computeIfAbsent(
                                                lanes.lane(row.getInt("lane")), lane -> new EnumMap<>(JobState.class))
                                        .put(state, row.getLong("jobs"));
                                return true;
                            });
                }
            }
            return new Pruned(due, false);
        });
    }

    @Override
    public void again() {
        // Each call begins with what ended first.
    }
}
