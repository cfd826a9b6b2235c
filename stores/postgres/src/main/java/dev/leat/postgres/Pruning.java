package dev.leat.postgres;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Pruned;
import dev.leat.api.store.Retention;
import dev.leat.postgres.Partitions.Detached;
import dev.leat.postgres.Partitions.Progress;
import dev.leat.postgres.Partitions.Range;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Removes ended jobs whose time is over. Where all of a range but a few has to go, the range goes at once; from elsewhere, which
 * is DEFAULT and ranges with many survivors, they go in batches.
 */
final class Pruning implements Prune {
    private final Database database;
    private final Lanes lanes;
    private final Partitions partitions;
    /** Ranges with many survivors, until all were looked at. */
    private final Set<Range> full = ConcurrentHashMap.newKeySet();

    Pruning(Database database, Lanes lanes, Partitions partitions) {
        this.database = database;
        this.lanes = lanes;
        this.partitions = partitions;
    }

    @Override
    public Pruned prune(Retention retention, int max) {
        Checks.range("max", max, 1, JobStore.BATCH_JOBS);
        database.statement(connection ->
                database.call(connection, "unique_over").set("max_rows", max).update());
        Optional<Look> look = database.transaction(connection -> {
            List<Progress> progress = partitions.progress(connection);
            return progress.isEmpty()
                    ? Optional.<Look>empty()
                    : Optional.of(new Look(progress.getFirst(), partitions.ranges(connection)));
        });
        if (look.isEmpty()) {
            return Pruned.NOTHING;
        }
        if (look.get().progress.mayChange()) {
            Optional<Pruned> dropped = dropGone();
            if (dropped.isPresent()) {
                return dropped.get();
            }
            partitions.makeAhead(retention);
            if (detachesOne(look.get().over(retention), retention)) {
                return dropGone().orElse(Pruned.NOTHING);
            }
        }
        return retention.equals(Retention.FOREVER) ? Pruned.NOTHING : look(retention, max);
    }

    /** Whole ranges are read, so in whichever way is fastest. */
    @Override
    public Pruned due(Retention retention) {
        long second = database.time().getEpochSecond() - JobId.EPOCH_SECOND;
        return database.transaction(connection -> {
            List<Range> ranges = partitions.ranges(connection);
            List<Range> over = over(ranges, second, retention);
            List<Range> looked = stretches(ranges, over::contains);
            Removed due = new Removed();
            Partitions.execute(connection, "set local enable_seqscan = on");
            Partitions.kept(database.call(connection, "pruning_due"), retention)
                    .array("los", "int8", looked.stream().mapToLong(Range::lo).toArray())
                    .array("his", "int8", looked.stream().mapToLong(Range::hi).toArray())
                    .rows(due::add);
            return new Pruned(due.byLane, false);
        });
    }

    @Override
    public void again() {
        database.statement(
                connection -> database.call(connection, "pruning_again").update());
    }

    /** Where somebody is in the way of one range, the others are not tried: each try has everybody wait for a moment. */
    private boolean detachesOne(List<Range> over, Retention retention) {
        for (Range range : over) {
            Detached detached = full.contains(range) ? Detached.FULL : partitions.detach(range, retention);
            if (detached != Detached.FULL) {
                return detached == Detached.DETACHED;
            }
            full.add(range);
        }
        return false;
    }

    /** Where pruning is. */
    private record Look(Progress progress, List<Range> ranges) {
        List<Range> over(Retention retention) {
            return Pruning.over(ranges, progress.second(), retention);
        }
    }

    /** The ranges of which all jobs are older than completed ones are kept. */
    private static List<Range> over(List<Range> ranges, long second, Retention retention) {
        Duration kept = retention.completed();
        return kept == null
                ? List.of()
                : ranges.stream()
                        .filter(range -> range.hi() >>> 31 <= second - kept.toSeconds())
                        .toList();
    }

    /** Counts and drops what was detached, one range at a time; empty if there is none, or somebody is in the way. */
    private Optional<Pruned> dropGone() {
        return database.unhindered(connection -> {
                    if (partitions.progress(connection).isEmpty()) {
                        return Optional.<Pruned>empty();
                    }
                    List<String> parts = database.call(connection, "gone").rows(row -> row.getString("part"));
                    if (parts.isEmpty()) {
                        return Optional.<Pruned>empty();
                    }
                    Map<String, String> first = Map.of("part", parts.getFirst());
                    Removed removed = new Removed();
                    database.call(connection, "gone_count", first).rows(removed::add);
                    database.call(connection, "gone_drop", first).update();
                    return Optional.of(new Pruned(removed.byLane, true));
                })
                .orElse(Optional.empty());
    }

    /** Looks at the next ended jobs that no range takes with it. */
    private Pruned look(Retention retention, int max) {
        return database.transaction(connection -> {
            List<Progress> progress = partitions.progress(connection);
            if (progress.isEmpty() || progress.getFirst().resting()) {
                return Pruned.NOTHING;
            }
            Look look = new Look(progress.getFirst(), partitions.ranges(connection));
            for (Range stretch : stretches(look, retention)) {
                if (stretch.hi() > look.progress.mark()) {
                    return look(connection, stretch, look.progress.mark(), retention, max);
                }
            }
            full.clear();
            database.call(connection, "pruning_mark").set("mark", null).update();
            return Pruned.NOTHING;
        });
    }

    private Pruned look(Connection connection, Range stretch, long mark, Retention retention, int max)
            throws SQLException {
        Removed removed = new Removed();
        Partitions.kept(database.call(connection, "prune"), retention)
                .set("from_id", Math.max(mark, stretch.lo()))
                .set("to_id", stretch.hi())
                .set("max_rows", max)
                .rows(removed::add);
        removed.blocks.sort(Block.ORDER);
        cut(connection, removed.blocks);
        database.call(connection, "pruning_mark")
                .set("mark", removed.reached == 0 ? stretch.hi() : removed.reached)
                .update();
        return new Pruned(removed.byLane, true);
    }

    private void cut(Connection connection, List<Block> blocks) throws SQLException {
        if (!blocks.isEmpty()) {
            blocksOf(database.call(connection, "enqueued_lock"), blocks).rows(row -> row.getLong("id"));
            blocksOf(database.call(connection, "enqueued_cut"), blocks).update();
        }
    }

    private static Call blocksOf(Call call, List<Block> blocks) throws SQLException {
        return call.array("lanes", "int4", blocks.stream().mapToInt(Block::lane).toArray())
                .array("ids", "int8", blocks.stream().mapToLong(Block::id).toArray());
    }

    /** What was stored together: the number of its lane, and its first id. */
    private record Block(int lane, long id) {
        /** In the order in which everybody locks them. */
        static final Comparator<Block> ORDER =
                Comparator.comparingLong(Block::id).thenComparingInt(Block::lane);
    }

    /** The ids between the ranges, and the ranges with many survivors; in order. */
    private List<Range> stretches(Look look, Retention retention) {
        List<Range> over = look.over(retention);
        return stretches(
                look.ranges, range -> over.contains(range) && (full.contains(range) || !look.progress.mayChange()));
    }

    /** The ids between the ranges, and some ranges; in order. */
    private static List<Range> stretches(List<Range> ranges, Predicate<Range> some) {
        List<Range> stretches = new ArrayList<>();
        long from = 1;
        for (Range range : ranges) {
            if (from < range.lo()) {
                stretches.add(Range.of(from, range.lo()));
            }
            if (some.test(range)) {
                stretches.add(range);
            }
            from = range.hi();
        }
        stretches.add(Range.of(from, Long.MAX_VALUE));
        return stretches;
    }

    /** What a statement removed. */
    private final class Removed {
        final Map<Lane, Map<JobState, Long>> byLane = new HashMap<>();
        final List<Block> blocks = new ArrayList<>();
        long reached;

        boolean add(ResultSet row) throws SQLException {
            int lane = row.getInt("lane");
            if (row.wasNull()) {
                reached = row.getLong("reached");
            } else if (row.getObject("state") == null) {
                blocks.add(new Block(lane, row.getLong("block")));
            } else {
                JobState state = List.of(JobState.COMPLETED, JobState.DISCARDED, JobState.CANCELLED)
                        .get(row.getInt("state") - 1);
                byLane.computeIfAbsent(lanes.lane(lane), key -> new EnumMap<>(JobState.class))
                        .merge(state, row.getLong("jobs"), Long::sum);
            }
            return true;
        }
    }
}
