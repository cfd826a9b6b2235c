package dev.leat.postgres;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.KeyBusyException;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.UniqueKey;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Writes new jobs: few in a statement that commits by itself, or many in a transaction of the store or of the caller. */
final class Enqueuer {
    private static final int BLOCK_JOBS = 1_000;
    private static final String UNIQUE = "23505";
    private static final String LOCKED = "55P03";
    private static final String UNDO = "40001";
    private static final int OVERTAKEN = 100;
    /** How long a job waits for whoever is taking its unique key. */
    private static final String KEY_WAIT = "200ms";

    private final Database database;
    private final Lanes lanes;

    Enqueuer(Database database, Lanes lanes) {
        this.database = database;
        this.lanes = lanes;
    }

    static boolean anyIsUnique(List<NewJob> jobs) {
        return jobs.stream().anyMatch(job -> job.uniqueKey() != null);
    }

    /**
     * The answers in the order of the jobs, whatever ids they have. The lanes must be interned.
     *
     * @throws KeyBusyException if a unique key was not to be had in time; the transaction has failed, and for a while waits no
     *     longer for locks than for keys
     */
    List<Enqueued> enqueue(Connection connection, List<NewJob> jobs) throws SQLException {
        Insert insert = anyIsUnique(jobs) ? this::insertUnique : this::insert;
        Map<Integer, Enqueued> answers = new TreeMap<>();
        List<Integer> left = IntStream.range(0, jobs.size()).boxed().toList();
        // A round leaves over what stands twice in the list, and what somebody else took at this moment.
        for (int round = 0; !left.isEmpty(); round++) {
            if (round > jobs.size() + OVERTAKEN) {
                throw new SQLException("others take the same ids or unique keys again and again", UNDO);
            }
            Map<JobId, Integer> places = new LinkedHashMap<>();
            left.forEach(place -> places.putIfAbsent(jobs.get(place).id(), place));
            insert.on(connection, places.values().stream().map(jobs::get).toList())
                    .forEach((id, answer) -> answers.put(places.getOrDefault(id, -1), answer));
            left = left.stream().filter(place -> !answers.containsKey(place)).toList();
        }
        return List.copyOf(answers.values());
    }

    /**
     * Stores jobs in one statement. Without an answer, and to be asked for again, are those whose id somebody else took at this
     * moment.
     *
     * @param jobs no id twice
     */
    Map<JobId, Enqueued> insert(Connection connection, List<NewJob> jobs) throws SQLException {
        // In the order of ids, so that two calls with the same ids cannot wait for each other in a circle.
        List<NewJob> sorted = sorted(jobs);
        Map<JobId, NewJob> byId = new HashMap<>();
        sorted.forEach(job -> byId.put(job.id(), job));
        Map<JobId, Enqueued> answers = new HashMap<>();
        withDues(withJobs(database.call(connection, "enqueue"), sorted), blocks(sorted))
                .rows(row -> {
                    JobId id = new JobId(row.getLong("id"));
                    return answers.put(
                            id, answer(row, Objects.requireNonNull(byId.get(id), "a job that was asked for")));
                });
        return answers;
    }

    private interface Insert {
        Map<JobId, Enqueued> on(Connection connection, List<NewJob> jobs) throws SQLException;
    }

    /** As {@link #insert}; of several jobs with one key the first counts. */
    private Map<JobId, Enqueued> insertUnique(Connection connection, List<NewJob> jobs) throws SQLException {
        Map<JobId, NewJob> byId = new HashMap<>();
        jobs.forEach(job -> byId.put(job.id(), job));
        Map<JobId, Enqueued> answers = new HashMap<>();
        try {
            withKeys(withJobs(database.call(connection, "enqueue_unique"), jobs), jobs)
                    .rows(row -> {
                        JobId id = new JobId(row.getLong("id"));
                        return answers.put(
                                id,
                                uniqueAnswer(row, Objects.requireNonNull(byId.get(id), "a job that was asked for")));
                    });
        } catch (SQLException e) {
            if (Objects.equals(e.getSQLState(), LOCKED)) {
                throw new KeyBusyException(
                        "a job with " + keys(jobs) + " is being enqueued by a transaction that has not ended", e);
            }
            throw e;
        }
        return answers;
    }

    private static String keys(List<NewJob> jobs) {
        List<String> keys = jobs.stream()
                .map(NewJob::uniqueKey)
                .filter(Objects::nonNull)
                .map(key -> Checks.shown(key.text()))
                .distinct()
                .limit(2)
                .toList();
        return keys.size() == 1 ? "unique key " + keys.getFirst() : "one of these unique keys";
    }

    private Enqueued uniqueAnswer(ResultSet row, NewJob job) throws SQLException {
        return switch (row.getString("answer")) {
            case "fresh" -> new Enqueued.Accepted(job.id());
            case "held" -> new Enqueued.Held(job.id(), new JobId(row.getLong("holder")));
            case "known" -> knownAnswer(row, job);
            default -> throw new SQLException("job " + job.id() + " is being enqueued elsewhere", UNDO);
        };
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
        if (blocks.stream().allMatch(Block::isDue)) {
            ready(connection, List.of(), blocks);
        } else {
            withDues(withJobs(database.call(connection, "enqueue"), List.of()), blocks)
                    .rows(row -> row.getLong("id"));
        }
        return Optional.of(accepted(jobs));
    }

    /**
     * As {@link #copy}, of jobs that are due, in one statement that commits by itself. It costs half of what {@link #insert} costs
     * for some, and a third for one.
     */
    Optional<List<Enqueued>> insertDue(Connection connection, List<NewJob> jobs) throws SQLException {
        List<NewJob> sorted = sorted(jobs);
        try {
            if (jobs.size() == 1) {
                insertOne(connection, jobs.getFirst());
            } else {
                ready(connection, sorted, blocks(sorted));
            }
            return Optional.of(accepted(jobs));
        } catch (SQLException e) {
            if (Objects.equals(e.getSQLState(), UNIQUE)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void ready(Connection connection, List<NewJob> jobs, List<Block> blocks) throws SQLException {
        withBlocks(withJobs(database.call(connection, "enqueue_ready"), jobs), blocks)
                .update();
    }

    private void insertOne(Connection connection, NewJob job) throws SQLException {
        withJob(database.call(connection, "enqueue_one"), job)
                .set("size", Math.max(job.payload().size(), 1))
                .update();
    }

    /** Stores a job that is due and hands it out; empty, with nothing done, if it or the claim is known. */
    Optional<Lease> insertClaimed(Connection connection, NewJob job, ClaimRequest request) throws SQLException {
        try {
            return withJob(database.call(connection, "enqueue_claimed"), job)
                    .set("claim_id", request.claimId())
                    .set("worker", request.worker())
                    .set("lease_seconds", seconds(request.lease()))
                    .rows(row -> new Lease(
                            new LeaseId(row.getLong("lid")),
                            job.lane(),
                            job.priority(),
                            1,
                            false,
                            row.getObject("lease_until", OffsetDateTime.class).toInstant(),
                            List.of(new Claim(job.id(), job.payload(), job.maxAttempts()))))
                    .stream()
                    .findFirst();
        } catch (SQLException e) {
            if (Objects.equals(e.getSQLState(), UNIQUE)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Call withJob(Call call, NewJob job) {
        return call.set("id", job.id().value())
                .set("lane", lanes.number(job.lane()))
                .set("priority", job.priority())
                .set("max_attempts", job.maxAttempts())
                .set("content_type", job.payload().contentType().code())
                .set("nonce", job.nonce())
                .set("sha256", job.payload().sha256())
                .set("payload", job.payload().bytes());
    }

    private static List<Enqueued> accepted(List<NewJob> jobs) {
        return jobs.stream()
                .map(job -> (Enqueued) new Enqueued.Accepted(job.id()))
                .toList();
    }

    private static List<NewJob> sorted(List<NewJob> jobs) {
        return jobs.stream().sorted(Comparator.comparing(NewJob::id)).toList();
    }

    private Enqueued answer(ResultSet row, NewJob job) throws SQLException {
        if (row.getBoolean("fresh")) {
            return new Enqueued.Accepted(job.id());
        }
        return knownAnswer(row, job);
    }

    private Enqueued knownAnswer(ResultSet row, NewJob job) throws SQLException {
        boolean same = row.getInt("lane") == lanes.number(job.lane())
                && row.getLong("nonce") == job.nonce()
                && row.getInt("content_type") == job.payload().contentType().code()
                && Arrays.equals(row.getBytes("sha256"), job.payload().sha256());
        return same ? new Enqueued.Duplicate(job.id()) : new Enqueued.Clash(job.id());
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

    private Call withJobs(Call call, List<NewJob> jobs) throws SQLException {
        return call.array("ids", "int8", longs(jobs, job -> job.id().value()))
                .array("lanes", "int4", ints(jobs, job -> lanes.number(job.lane())))
                .array("priorities", "int2", shorts(jobs, NewJob::priority))
                .array("max_attempts", "int2", shorts(jobs, NewJob::maxAttempts))
                .array(
                        "content_types",
                        "int2",
                        shorts(jobs, job -> job.payload().contentType().code()))
                .array("nonces", "int8", longs(jobs, NewJob::nonce))
                .array(
                        "sha256s",
                        "bytea",
                        jobs.stream().map(job -> job.payload().sha256()).toArray(byte[][]::new))
                .array(
                        "payloads",
                        "bytea",
                        jobs.stream().map(job -> job.payload().bytes()).toArray(byte[][]::new));
    }

    private Call withBlocks(Call call, List<Block> blocks) throws SQLException {
        return call.array(
                        "block_lo",
                        "int8",
                        longs(blocks, block -> block.first.id().value()))
                .array("block_n", "int4", ints(blocks, block -> block.n))
                .array("block_lane", "int4", ints(blocks, block -> lanes.number(block.first.lane())))
                .array("block_priority", "int2", shorts(blocks, block -> block.first.priority()))
                .array("block_size", "int4", ints(blocks, block -> block.size));
    }

    private Call withDues(Call call, List<Block> blocks) throws SQLException {
        return withBlocks(call, blocks)
                .array(
                        "block_after",
                        "float8",
                        blocks.stream().map(Block::after).toArray(Double[]::new))
                .array("block_at", "text", blocks.stream().map(Block::at).toArray(String[]::new));
    }

    private Call withKeys(Call call, List<NewJob> jobs) throws SQLException {
        List<Block> blocks = jobs.stream().map(Block::new).toList();
        return call.set("wait", KEY_WAIT)
                .array("afters", "float8", blocks.stream().map(Block::after).toArray(Double[]::new))
                .array("ats", "text", blocks.stream().map(Block::at).toArray(String[]::new))
                .array(
                        "unique_keys",
                        "text",
                        jobs.stream()
                                .map(job -> job.uniqueKey() == null
                                        ? null
                                        : job.uniqueKey().text())
                                .toArray(String[]::new))
                .array("windows", "float8", jobs.stream().map(Enqueuer::window).toArray(Double[]::new));
    }

    private static @Nullable Double window(NewJob job) {
        UniqueKey key = job.uniqueKey();
        return key == null || key.window() == null ? null : (Double) seconds(key.window());
    }

    private static <T> long[] longs(List<T> of, ToLongFunction<T> value) {
        return of.stream().mapToLong(value).toArray();
    }

    private static <T> int[] ints(List<T> of, ToIntFunction<T> value) {
        return of.stream().mapToInt(value).toArray();
    }

    private static <T> short[] shorts(List<T> of, ToIntFunction<T> value) {
        short[] values = new short[of.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (short) value.applyAsInt(of.get(i));
        }
        return values;
    }

    /** Seconds, rounded up to the microseconds that PostgreSQL keeps, so that nothing is due early. */
    static double seconds(Duration duration) {
        return TimeUnit.MICROSECONDS.convert(duration.plusNanos(999)) / 1e6;
    }

    /** As PostgreSQL reads it, rounded likewise. */
    static String micros(Instant instant) {
        return instant.plusNanos(999).truncatedTo(ChronoUnit.MICROS).toString();
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

        boolean isDue() {
            return after() == null && at() == null;
        }

        @Nullable
        Double after() {
            return first.due() instanceof Due.After(Duration delay) ? (Double) seconds(delay) : null;
        }

        @Nullable
        String at() {
            return first.due() instanceof Due.At(Instant instant) ? micros(instant) : null;
        }
    }
}
