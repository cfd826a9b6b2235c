package dev.leat.redis;

import dev.leat.api.Checks;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Pruned;
import dev.leat.api.store.Retention;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Removes jobs that ended long ago, at most {@value Turns#STEP} in one script; each call finds the first that are due. */
final class Pruning implements Prune {
    private static final List<JobState> ENDED = List.of(JobState.COMPLETED, JobState.DISCARDED, JobState.CANCELLED);
    private static final int FIRST_ENDED = 5;

    private final RedisLink link;
    private final JobLayout layout;

    Pruning(RedisLink link, JobLayout layout) {
        this.link = link;
        this.layout = layout;
    }

    @Override
    public Pruned prune(Retention retention, int max) {
        Checks.range("max", max, 1, JobStore.BATCH_JOBS);
        Arguments arguments = new Arguments().add(Math.min(max, Turns.STEP));
        ENDED.forEach(state -> arguments.add(kept(retention.of(state))));
        Reply reply = link.run(layout.script("prune"), arguments);
        boolean more = reply.text().equals("1");
        Map<Lane, Map<JobState, Long>> removed = new HashMap<>();
        while (reply.hasMore()) {
            Lane lane = Ids.lane(reply.next());
            JobState state = Inspection.state(reply.number());
            removed.computeIfAbsent(lane, key -> new HashMap<>()).merge(state, reply.longNumber(), Long::sum);
        }
        return new Pruned(removed, more);
    }

    private static String kept(@Nullable Duration kept) {
        return kept == null ? "" : Long.toString(kept.toMillis());
    }

    @Override
    public Pruned due(Retention retention) {
        Map<Lane, Map<JobState, Long>> due = new HashMap<>();
        for (int i = 0; i < ENDED.size(); i++) {
            JobState state = ENDED.get(i);
            Duration kept = retention.of(state);
            String last = "";
            while (kept != null) {
                Reply reply = link.run(
                        layout.script("due"),
                        new Arguments()
                                .add(Turns.STEP)
                                .add(FIRST_ENDED + i)
                                .add(kept.toMillis())
                                .add(last));
                last = reply.text();
                while (reply.hasMore()) {
                    Lane lane = Ids.lane(reply.next());
                    due.computeIfAbsent(lane, key -> new HashMap<>()).merge(state, reply.longNumber(), Long::sum);
                }
                if (last.isEmpty()) {
                    break;
                }
            }
        }
        return new Pruned(due, false);
    }

    @Override
    public void again() {
        // Every call begins with what ended first.
    }
}
