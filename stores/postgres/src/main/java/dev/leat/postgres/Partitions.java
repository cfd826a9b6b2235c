package dev.leat.postgres;

import dev.leat.api.JobId;
import dev.leat.api.store.Retention;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes and takes away the partitions of ranges of ids, in steps that are each one transaction of their own. Whoever dies
 * between two leaves behind what the next one finds and goes on with.
 *
 * <p>Attaching and detaching lock others out for a moment. For the locks it is waited {@link #PATIENCE} in all, so that whoever queues
 * behind does not wait longer; if a reader is in the way then nothing is done, and the next run tries again.
 */
final class Partitions {
    private static final List<String> TABLES = List.of("job", "enqueued", "done", "attempt");
    private static final DateTimeFormatter PART =
            DateTimeFormatter.ofPattern("yyyyMMdd't'HHmmss").withZone(ZoneOffset.UTC);

    /** For the locks that keep others out, and as much again for what is done under them. */
    static final Duration PATIENCE = Duration.ofMillis(100);

    /** For what keeps nobody out. */
    private static final Duration SEARCH = Duration.ofSeconds(5);

    /** So many times as long as for the locks may be searched while changes to jobs wait. */
    private static final int LOCKED_SEARCH = 10;

    private static final String CANCELLED = "57014";

    /** So far ahead of now there are ranges. */
    private static final long AHEAD_SECONDS = TimeUnit.DAYS.toSeconds(2);
    /** No range that begins sooner is planned: DEFAULT takes its jobs. */
    private static final long MARGIN_SECONDS = TimeUnit.DAYS.toSeconds(1);
    /** A range that is still being made so shortly before it begins is given up, or its jobs would soon be refused. */
    private static final long LAST_SECONDS = TimeUnit.HOURS.toSeconds(6);

    /** From so many on each range is twice as wide as the one before: every statement locks them all. */
    private static final int MANY = 12;

    private static final int MOST_SURVIVORS = 1_000;
    private static final long MOST_BYTES = 4L << 20;

    private final Database database;
    private final Duration patience;

    /** @param patience in place of {@link #PATIENCE} */
    Partitions(Database database, Duration patience) {
        this.database = database;
        this.patience = patience;
    }

    /**
     * Ids that have partitions of their own.
     *
     * @param part as the names of the partitions end
     * @param hi exclusive
     */
    record Range(String part, long lo, long hi) {
        static Range of(long lo, long hi) {
            return new Range(PART.format(Instant.ofEpochSecond(JobId.EPOCH_SECOND + (lo >>> 31))), lo, hi);
        }

        static Range read(ResultSet row) throws SQLException {
            return new Range(row.getString("part"), row.getLong("lo"), row.getLong("hi"));
        }
    }

    /** How far pruning has come. */
    record Progress(long second, long madeTo, @Nullable Range ahead, long mark, boolean resting, boolean mayChange) {
        static Progress read(ResultSet row) throws SQLException {
            long lo = row.getLong("ahead_lo");
            Range ahead = row.wasNull() ? null : Range.of(lo, row.getLong("ahead_hi"));
            return new Progress(
                    row.getLong("second"),
                    row.getLong("made_to"),
                    ahead,
                    row.getLong("mark"),
                    row.getBoolean("resting"),
                    row.getBoolean("may_change"));
        }
    }

    /** None if somebody else is at it; otherwise nobody else will be until the transaction ends. */
    List<Progress> progress(Connection connection) throws SQLException {
        return database.call(connection, "pruning").rows(Progress::read);
    }

    List<Range> ranges(Connection connection) throws SQLException {
        return database.call(connection, "ranges").rows(Range::read);
    }

    /** Makes the ranges that are wanted ahead of now, if nobody is in the way. */
    void makeAhead(Retention retention) {
        while (step(this::plan, retention) && step(this::search, retention) && step(this::attach, retention)) {
            // On to the next range.
        }
    }

    private interface Step {
        /** @return whether to go on */
        boolean take(Connection connection, Progress progress, Retention retention) throws SQLException;
    }

    private boolean step(Step step, Retention retention) {
        return database.unhindered(connection -> {
                    List<Progress> progress = progress(connection);
                    return !progress.isEmpty()
                            && !givesUp(connection, progress.getFirst())
                            && step.take(connection, progress.getFirst(), retention);
                })
                .orElse(false);
    }

    /** Whether the range that is being made begins too soon, or so late that it is of before the clock was set back. */
    private boolean givesUp(Connection connection, Progress progress) throws SQLException {
        if (progress.ahead == null) {
            return false;
        }
        long left = (progress.ahead.lo >>> 31) - progress.second;
        if (left >= LAST_SECONDS && left < AHEAD_SECONDS) {
            return false;
        }
        uncheck(connection, lock(connection, defaults()));
        save(connection, progress.madeTo, null);
        return true;
    }

    private boolean plan(Connection connection, Progress progress, Retention retention) throws SQLException {
        if (progress.ahead != null) {
            return true;
        }
        List<Range> ranges = ranges(connection);
        long soon = (progress.second + AHEAD_SECONDS) << 31;
        List<Range> before = ranges.stream().filter(each -> each.lo < soon).toList();
        long width = width(before, retention) << 31;
        long from = (progress.second + MARGIN_SECONDS) << 31;
        if (!before.isEmpty()) {
            from = Math.max(from, before.getLast().hi);
        }
        if (progress.madeTo <= soon + width) { // else it is of before the clock was set back
            from = Math.max(from, progress.madeTo);
        }
        if (from >= soon) {
            return false;
        }
        long to = before.size() < ranges.size() ? ranges.get(before.size()).lo : Long.MAX_VALUE;
        Range range = Range.of(from, Math.min(from + width, to));
        long end = lock(connection, defaults());
        for (String table : TABLES) {
            until(connection, end);
            alter(connection, "partition_check", table, range);
        }
        save(connection, progress.madeTo, range);
        return true;
    }

    /** In seconds. */
    private static long width(List<Range> ranges, Retention retention) {
        if (ranges.size() >= MANY) {
            Range last = ranges.getLast();
            return Math.min((last.hi - last.lo) >>> 30, Retention.MOST.toSeconds());
        }
        Duration kept = retention.completed();
        return kept == null
                ? TimeUnit.DAYS.toSeconds(7)
                : Math.max(kept.dividedBy(7).toSeconds(), TimeUnit.HOURS.toSeconds(12));
    }

    /** While others go on; what DEFAULT already has of the range stays there, and the range begins behind it. */
    private boolean search(Connection connection, Progress progress, Retention retention) throws SQLException {
        Range range = progress.ahead;
        if (range == null) {
            return false;
        }
        Long last = database.call(connection, "partition_last")
                .set("lo", range.lo)
                .set("hi", range.hi)
                .rows(row -> row.getObject("id", Long.class))
                .getFirst();
        if (last != null) {
            uncheck(connection, lock(connection, defaults()));
            save(connection, ((last >>> 31) + 1) << 31, null);
            return true;
        }
        timeouts(connection, SEARCH, SEARCH);
        for (String table : TABLES) {
            alter(connection, "partition_validate", table, range);
        }
        return true;
    }

    private boolean attach(Connection connection, Progress progress, Retention retention) throws SQLException {
        Range range = progress.ahead;
        if (range == null) {
            return true;
        }
        for (String table : TABLES) {
            alter(connection, "partition_create", table, range);
        }
        long end = lock(connection, defaults());
        for (String table : TABLES) {
            until(connection, end);
            alter(connection, "partition_attach", table, range);
        }
        uncheck(connection, end);
        save(connection, range.hi, null);
        return true;
    }

    private void uncheck(Connection connection, long end) throws SQLException {
        for (String table : TABLES) {
            until(connection, end);
            database.call(connection, "partition_uncheck", Map.of("table", table))
                    .update();
        }
    }

    private void save(Connection connection, long madeTo, @Nullable Range ahead) throws SQLException {
        database.call(connection, "pruning_ahead")
                .set("made_to", madeTo)
                .set("ahead_lo", ahead == null ? null : (Long) ahead.lo)
                .set("ahead_hi", ahead == null ? null : (Long) ahead.hi)
                .update();
    }

    /** What came of trying to detach a range. */
    enum Detached {
        DETACHED,
        /** Others are at it, or in the way. */
        LATER,
        /** Too many jobs would have to be kept, or to find that out takes too long. */
        FULL
    }

    /**
     * Detaches a range and moves to DEFAULT what has to be kept of it, if that is little. It is searched twice: once while
     * others go on, and then again, if that promises something, while nobody changes what it has. That long, a second at most,
     * every call waits that cancels, amends or retries a job, however young: its statements lock all ranges.
     */
    Detached detach(Range range, Retention retention) {
        Detached promises = database.unhindered(connection -> {
                    if (isTaken(connection, range)) {
                        return Detached.LATER;
                    }
                    timeouts(connection, SEARCH, SEARCH);
                    return isLittle(survivors(connection, range, retention)) ? Detached.DETACHED : Detached.FULL;
                })
                .orElse(Detached.FULL);
        return promises == Detached.DETACHED ? detachUnlessFull(range, retention) : promises;
    }

    private boolean isTaken(Connection connection, Range range) throws SQLException {
        return progress(connection).isEmpty() || !ranges(connection).contains(range);
    }

    private Detached detachUnlessFull(Range range, Retention retention) {
        return database.unhindered(connection -> {
                    if (isTaken(connection, range)) {
                        return Detached.LATER;
                    }
                    timeouts(connection, patience, patience.multipliedBy(LOCKED_SEARCH));
                    for (String table : List.of("job", "done")) {
                        lock(connection, table + "_" + range.part, "share");
                    }
                    Optional<List<Survivor>> survivors = survivorsInTime(connection, range, retention);
                    if (survivors.isEmpty() || !isLittle(survivors.get())) {
                        return Detached.FULL;
                    }
                    detach(connection, range, survivors.get(), lock(connection, all(range)));
                    return Detached.DETACHED;
                })
                .orElse(Detached.LATER);
    }

    /** Empty, with the transaction undone, if they are not found before the statement's time is over. */
    private Optional<List<Survivor>> survivorsInTime(Connection connection, Range range, Retention retention)
            throws SQLException {
        try {
            return Optional.of(survivors(connection, range, retention));
        } catch (SQLException e) {
            if (!Objects.equals(e.getSQLState(), CANCELLED)) {
                throw e;
            }
            connection.rollback();
            return Optional.empty();
        }
    }

    private void detach(Connection connection, Range range, List<Survivor> survivors, long end) throws SQLException {
        for (String table : TABLES) {
            until(connection, end);
            alter(connection, "partition_detach", table, range);
        }
        if (survivors.isEmpty()) {
            return;
        }
        long[] ids = survivors.stream().mapToLong(Survivor::id).toArray();
        for (String table : List.of("job", "done", "attempt")) {
            until(connection, end);
            database.call(connection, "partition_keep", places(table, range))
                    .array("ids", "int8", ids)
                    .update();
        }
        until(connection, end);
        database.call(connection, "partition_keep_together")
                .array("ids", "int8", ids)
                .update();
    }

    private record Survivor(long id, long bytes) {}

    private static boolean isLittle(List<Survivor> survivors) {
        return survivors.size() <= MOST_SURVIVORS
                && survivors.stream().mapToLong(Survivor::bytes).sum() <= MOST_BYTES;
    }

    /** One more than may be, if there are so many. The whole range is read, so in whichever way is fastest. */
    private List<Survivor> survivors(Connection connection, Range range, Retention retention) throws SQLException {
        execute(connection, "set local enable_seqscan = on");
        return kept(database.call(connection, "partition_survivors", Map.of("part", range.part)), retention)
                .set("max_rows", MOST_SURVIVORS + 1)
                .rows(row -> new Survivor(row.getLong("id"), row.getLong("bytes")));
    }

    /** With the parameters that say how long ended jobs are kept. */
    static Call kept(Call call, Retention retention) {
        return call.set("completed_seconds", seconds(retention.completed()))
                .set("discarded_seconds", seconds(retention.discarded()))
                .set("cancelled_seconds", seconds(retention.cancelled()));
    }

    private static @Nullable Double seconds(@Nullable Duration kept) {
        return kept == null ? null : (Double) Enqueuer.seconds(kept);
    }

    private void alter(Connection connection, String statement, String table, Range range) throws SQLException {
        database.call(connection, statement, places(table, range)).update();
    }

    static Map<String, String> places(String table, Range range) {
        return Map.of(
                "table", table, "part", range.part, "lo", String.valueOf(range.lo), "hi", String.valueOf(range.hi));
    }

    private static List<String> defaults() {
        return TABLES.stream().map(table -> table + "_default").toList();
    }

    private static List<String> all(Range range) {
        List<String> all = new ArrayList<>(TABLES);
        all.addAll(defaults());
        TABLES.forEach(table -> all.add(table + "_" + range.part));
        return all;
    }

    /** Locks everybody out, and says until when at most. */
    private long lock(Connection connection, List<String> tables) throws SQLException {
        long end = System.nanoTime() + patience.toNanos();
        for (String table : tables) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            timeouts(connection, left, SEARCH);
            lock(connection, table, "access exclusive");
        }
        return System.nanoTime() + patience.toNanos();
    }

    /** Has the next statement end by then. */
    private void until(Connection connection, long end) throws SQLException {
        timeouts(connection, patience, Duration.ofNanos(end - System.nanoTime()));
    }

    private void lock(Connection connection, String table, String mode) throws SQLException {
        database.call(connection, "partition_lock", Map.of("table", table, "mode", mode))
                .update();
    }

    /** Until the transaction ends. At least 1 ms each, since 0 would be for ever. */
    private static void timeouts(Connection connection, Duration lock, Duration statement) throws SQLException {
        execute(
                connection,
                "set local lock_timeout = %d; set local statement_timeout = %d"
                        .formatted(Math.max(1, lock.toMillis()), Math.max(1, statement.toMillis())));
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
