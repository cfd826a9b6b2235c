package dev.leat.postgres;

import dev.leat.api.JobId;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.NewJob;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Writes new jobs in a transaction that somebody else commits: the store's own, or the caller's. */
final class Enqueuer {
    private static final int BLOCK_JOBS = 1_000;
    private static final String UNIQUE = "23505";

    private final Database database;
    private final Lanes lanes;

    Enqueuer(Database database, Lanes lanes) {
        this.database = database;
        this.lanes = lanes;
    }

    /** The answers in the order of the jobs. The lanes must be interned. */
    List<Enqueued> enqueue(Connection connection, List<NewJob> jobs) throws SQLException {
        Map<Integer, Enqueued> answers = new TreeMap<>();
        List<Integer> left = IntStream.range(0, jobs.size()).boxed().toList();
        while (!left.isEmpty()) {
            Map<JobId, Integer> places = new LinkedHashMap<>();
            List<Integer> later = new ArrayList<>();
            for (int place : left) {
                if (places.putIfAbsent(jobs.get(place).id(), place) != null) {
                    later.add(place);
                }
            }
            List<NewJob> distinct = places.values().stream().map(jobs::get).toList();
            for (Enqueued answer : enqueueDistinct(connection, distinct)) {
                answers.put(places.getOrDefault(answer.id(), -1), answer);
            }
            left = later;
        }
        return List.copyOf(answers.values());
    }

    /**
     * As {@link #enqueue}, and faster for many, if none of the jobs is known; otherwise empty, with nothing done. In a
     * transaction of the store's own, since it may be rolled back.
     */
    Optional<List<Enqueued>> copy(Connection connection, List<NewJob> jobs) throws SQLException {
        List<NewJob> sorted = sorted(jobs);
        List<Block> blocks = blocks(sorted);
        try (JobCopy copy = new JobCopy(database.copy(connection, "enqueue_copy"))) {
            for (NewJob job : sorted) {
                copy.write(job, lanes.number(job.lane()));
            }
            copy.end();
        } catch (SQLException e) {
            if (Objects.equals(e.getSQLState(), UNIQUE)) {
                connection.rollback();
                return Optional.empty();
            }
            throw e;
        }
        withBlocks(database.call(connection, "enqueue_blocks"), blocks).update();
        return Optional.of(jobs.stream()
                .map(job -> (Enqueued) new Enqueued.Accepted(job.id()))
                .toList());
    }

    private static List<NewJob> sorted(List<NewJob> jobs) {
        return jobs.stream().sorted(Comparator.comparing(NewJob::id)).toList();
    }

    private List<Enqueued> enqueueDistinct(Connection connection, List<NewJob> jobs) throws SQLException {
        // In the order of ids, so that two calls with the same ids cannot wait for each other in a circle.
        List<NewJob> sorted = sorted(jobs);
        byte[][] hashes = sorted.stream().map(job -> job.payload().sha256()).toArray(byte[][]::new);
        Call call = database.call(connection, "enqueue")
                .array("ids", "int8", longs(sorted, job -> job.id().value()))
                .array("lanes", "int4", ints(sorted, job -> lanes.number(job.lane())))
                .array("priorities", "int2", ints(sorted, NewJob::priority))
                .array("max_attempts", "int2", ints(sorted, NewJob::maxAttempts))
                .array(
                        "content_types",
                        "int2",
                        ints(sorted, job -> job.payload().contentType().code()))
                .array("nonces", "int8", longs(sorted, NewJob::nonce))
                .array("sha256s", "bytea", hashes)
                .array(
                        "payloads",
                        "bytea",
                        sorted.stream().map(job -> job.payload().bytes()).toArray(byte[][]::new));
        Set<Long> fresh = new HashSet<>(withBlocks(call, blocks(sorted)).rows(row -> row.getLong("id")));
        List<Enqueued> answers = new ArrayList<>(sorted.size());
        if (fresh.size() < sorted.size()) {
            List<NewJob> stored = sorted.stream()
                    .filter(job -> fresh.contains(job.id().value()))
                    .toList();
            withBlocks(database.call(connection, "enqueue_blocks"), blocks(stored))
                    .update();
            Map<Long, Known> known = known(connection, sorted, fresh);
            for (int i = 0; i < sorted.size(); i++) {
                NewJob job = sorted.get(i);
                Known first = known.get(job.id().value());
                answers.add(
                        first == null
                                ? new Enqueued.Accepted(job.id())
                                : first.is(job, lanes.number(job.lane()), hashes[i])
                                        ? new Enqueued.Duplicate(job.id())
                                        : new Enqueued.Clash(job.id()));
            }
        } else {
            sorted.forEach(job -> answers.add(new Enqueued.Accepted(job.id())));
        }
        return answers;
    }

    private Map<Long, Known> known(Connection connection, List<NewJob> jobs, Set<Long> fresh) throws SQLException {
        long[] ids = jobs.stream()
                .mapToLong(job -> job.id().value())
                .filter(id -> !fresh.contains(id))
                .toArray();
        Map<Long, Known> known = new HashMap<>();
        database.call(connection, "stored")
                .array("ids", "int8", ids)
                .rows(row -> known.put(
                        row.getLong("id"),
                        new Known(
                                row.getInt("lane"),
                                row.getLong("nonce"),
                                row.getInt("content_type"),
                                row.getBytes("sha256"))));
        return known;
    }

    /** Contiguous ids that are alike in lane, priority and due time, in blocks of at most {@value #BLOCK_JOBS}. */
    private static List<Block> blocks(List<NewJob> sorted) {
        List<Block> blocks = new ArrayList<>();
        for (NewJob job : sorted) {
            Block last = blocks.isEmpty() ? null : blocks.getLast();
            if (last == null || !last.takes(job)) {
                last = new Block(job);
                blocks.add(last);
            }
            last.n++;
            last.size = Math.max(last.size, job.payload().size());
        }
        return blocks;
    }

    private Call withBlocks(Call call, List<Block> blocks) throws SQLException {
        return call.array(
                        "block_lo",
                        "int8",
                        longs(blocks, block -> block.first.id().value()))
                .array("block_n", "int4", ints(blocks, block -> block.n))
                .array("block_lane", "int4", ints(blocks, block -> lanes.number(block.first.lane())))
                .array("block_priority", "int2", ints(blocks, block -> block.first.priority()))
                .array("block_size", "int4", ints(blocks, block -> block.size))
                .array(
                        "block_after",
                        "float8",
                        blocks.stream().map(Block::after).toArray(Double[]::new))
                .array("block_at", "text", blocks.stream().map(Block::at).toArray(String[]::new));
    }

    private static <T> long[] longs(List<T> of, ToLongFunction<T> value) {
        return of.stream().mapToLong(value).toArray();
    }

    private static <T> int[] ints(List<T> of, ToIntFunction<T> value) {
        return of.stream().mapToInt(value).toArray();
    }

    /** Seconds, rounded up to the microseconds that PostgreSQL keeps, so that nothing is due early. */
    static double seconds(Duration duration) {
        return TimeUnit.MICROSECONDS.convert(duration.plusNanos(999)) / 1e6;
    }

    /** What is stored of a job whose id is taken. */
    private static final class Known {
        private final int lane;
        private final long nonce;
        private final int contentType;
        private final byte[] sha256;

        Known(int lane, long nonce, int contentType, byte[] sha256) {
            this.lane = lane;
            this.nonce = nonce;
            this.contentType = contentType;
            this.sha256 = sha256;
        }

        boolean is(NewJob job, int itsLane, byte[] itsHash) {
            return lane == itsLane
                    && nonce == job.nonce()
                    && contentType == job.payload().contentType().code()
                    && Arrays.equals(sha256, itsHash);
        }
    }

    private static final class Block {
        final NewJob first;
        int n;
        int size = 1;

        Block(NewJob first) {
            this.first = first;
        }

        boolean takes(NewJob job) {
            return n < BLOCK_JOBS
                    && job.id().value() == first.id().value() + n
                    && job.lane().equals(first.lane())
                    && job.priority() == first.priority()
                    && job.due().equals(first.due());
        }

        @Nullable
        Double after() {
            return first.due() instanceof Due.After(Duration delay) ? (Double) seconds(delay) : null;
        }

        @Nullable
        String at() {
            return first.due() instanceof Due.At(Instant instant)
                    ? instant.plusNanos(999).truncatedTo(ChronoUnit.MICROS).toString()
                    : null;
        }
    }
}
