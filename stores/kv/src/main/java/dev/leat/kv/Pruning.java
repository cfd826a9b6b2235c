package dev.leat.kv;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Pruned;
import dev.leat.api.store.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Removes jobs that ended long ago, in the order in which they did. */
final class Pruning implements Prune {
    private static final List<JobState> FINAL = List.of(JobState.COMPLETED, JobState.CANCELLED, JobState.DISCARDED);

    private final Writer writer;
    private final KvFile file;
    private final StoreTime time;
    private final Lanes lanes;

    Pruning(Writer writer, KvFile file, StoreTime time, Lanes lanes) {
        this.writer = writer;
        this.file = file;
        this.time = time;
        this.lanes = lanes;
    }

    @Override
    public Pruned prune(Retention retention, int max) {
        Checks.range("max", max, 1, JobStore.BATCH_JOBS);
        return writer.call(0, tx -> prune(tx, retention, max)).value();
    }

    private static Pruned prune(Transaction tx, Retention retention, int max) {
        Map<Lane, Map<JobState, Long>> removed = new HashMap<>();
        int jobs = 0;
        for (JobState state : FINAL) {
            Duration kept = retention.of(state);
            if (kept != null && jobs < max) {
                for (InLine over : over(tx, state, tx.now() - StoreTime.micros(kept), max - jobs)) {
                    remove(tx, over.job().id());
                    count(removed, tx.lanes().lane(over.job().lane()), state);
                    jobs++;
                }
            }
        }
        int windows = new UniqueKeys(tx).pruneWindows(max);
        return new Pruned(removed, jobs == max || windows == max);
    }

    private static List<InLine> over(Transaction tx, JobState state, long until, int max) {
        List<InLine> over = new ArrayList<>();
        tx.draft().eachInLine(Keys.ended(Place.number(state)), (key, content) -> {
            long finishedAt = Keys.behind(key, 2).getLong();
            if (finishedAt <= until) {
                over.add(InLine.read(finishedAt, content));
            }
            return finishedAt <= until && over.size() < max;
        });
        return over;
    }

    private static void remove(Transaction tx, JobId id) {
        Draft draft = tx.draft();
        new Moves(tx).leave(Place.of(draft, id).orElseThrow());
        new UniqueKeys(tx).prune(id);
        List<byte[]> attempts = new ArrayList<>();
        draft.each(Keys.attempts(id), Keys.attempts(id), (key, content) -> attempts.add(key));
        attempts.forEach(draft::remove);
        draft.remove(Keys.place(id));
        draft.remove(Keys.job(id));
        draft.remove(Keys.payload(id));
    }

    private static void count(Map<Lane, Map<JobState, Long>> counts, Lane lane, JobState state) {
        counts.computeIfAbsent(lane, same -> new EnumMap<>(JobState.class)).merge(state, 1L, Long::sum);
    }

    @Override
    public Pruned due(Retention retention) {
        long now = time.now();
        return file.read(view -> {
            Map<Lane, Map<JobState, Long>> due = new HashMap<>();
            for (JobState state : FINAL) {
                Duration kept = retention.of(state);
                if (kept != null) {
                    byte[] line = Keys.ended(Place.number(state));
                    view.each(line, line, (key, content) -> {
                        long finishedAt = Keys.behind(key, 2).getLong();
                        boolean over = finishedAt <= now - StoreTime.micros(kept);
                        if (over) {
                            InLine job = InLine.read(finishedAt, content);
                            count(due, lanes.lane(job.job().lane()), state);
                        }
                        return over;
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
