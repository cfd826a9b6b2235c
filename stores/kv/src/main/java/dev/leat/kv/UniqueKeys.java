package dev.leat.kv;

import dev.leat.api.JobId;
import dev.leat.api.store.UniqueKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who holds which unique key of which lane. */
final class UniqueKeys {
    /** In the place of the end of a window: the key is held until its job has ended. */
    private static final long UNTIL_ENDED = -1;

    private final Transaction tx;
    private final Draft draft;

    UniqueKeys(Transaction tx) {
        this.tx = tx;
        draft = tx.draft();
    }

    /** Who holds it already, or empty if it is the job's from now on. */
    Optional<JobId> take(UniqueKey key, int lane, JobId job) {
        byte[] at = Keys.unique(lane, key.text());
        Optional<Holder> last = draft.get(at).map(Holder::read);
        if (last.isPresent()) {
            if (holds(last.get())) {
                return Optional.of(last.get().job);
            }
            forget(last.get(), lane, key.text());
        }
        long until = key.window() == null ? UNTIL_ENDED : tx.now() + StoreTime.micros(key.window());
        draft.put(at, "", job.value(), until);
        if (until == UNTIL_ENDED) {
            draft.put(Keys.uniqueOf(job), key.text(), lane);
        } else {
            draft.put(Keys.window(until, lane, key.text()), key.text(), lane);
        }
        return Optional.empty();
    }

    private boolean holds(Holder holder) {
        return holder.until == UNTIL_ENDED
                ? Place.of(draft, holder.job)
                        .filter(place -> !place.state().isFinal())
                        .isPresent()
                : holder.until > tx.now();
    }

    private void forget(Holder holder, int lane, String text) {
        if (holder.until == UNTIL_ENDED) {
            draft.remove(Keys.uniqueOf(holder.job));
        } else {
            draft.remove(Keys.window(holder.until, lane, text));
        }
    }

    /** The job is removed, and what it held with it, unless that is held for a window. */
    void prune(JobId job) {
        byte[] of = Keys.uniqueOf(job);
        draft.get(of).ifPresent(content -> {
            int lane = (int) content.getLong();
            draft.remove(of);
            draft.remove(Keys.unique(lane, Value.text(content)));
        });
    }

    /** Removes keys whose window is over; returns how many. */
    int pruneWindows(int max) {
        record Over(long until, int lane, String text) {}
        List<Over> over = new ArrayList<>();
        draft.each(Keys.ALL_WINDOWS, Keys.ALL_WINDOWS, (key, content) -> {
            long until = Keys.behind(key, 1).getLong();
            boolean ended = until <= tx.now() && over.size() < max;
            if (ended) {
                over.add(new Over(until, (int) content.getLong(), Value.text(content)));
            }
            return ended;
        });
        for (Over each : over) {
            draft.remove(Keys.window(each.until, each.lane, each.text));
            draft.remove(Keys.unique(each.lane, each.text));
        }
        return over.size();
    }

    private record Holder(JobId job, long until) {
        static Holder read(ByteBuffer content) {
            return new Holder(new JobId(content.getLong()), content.getLong());
        }
    }
}
