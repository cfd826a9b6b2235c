package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.ContentType;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.control.Change;
import dev.leat.api.control.RecordKey;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settlement;
import dev.leat.testkit.StoreClock;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The views that operators look at: every job once, in whatever state, in familiar words. */
class ViewTest {
    private static final Failure WHY = Failure.of("no such address");

    private static final int OPERATORS = 4;
    private static final List<QueueName> QUEUES = List.of(Jobs.LANE.queue(), new QueueName("elsewhere"));

    private final StoreClock clock = new StoreClock();
    private PostgresStores stores;

    /** How many an operator does to jobs while others look at them. */
    int verbs() {
        return 10_000;
    }

    TestDatabase database() {
        return TestDatabase.newestThatNeverWaitsForTheDisk();
    }

    @BeforeEach
    void open() {
        stores = database().contract().emptied(clock);
    }

    @Test
    void theColumnsAreTheFamiliarOnes() {
        assertThat(columns("jobs"))
                .isEqualTo(
                        "id type payload status result error attempts max_attempts created_at updated_at scheduled_at"
                                + " started_at completed_at worker_id queue priority tenant");
        assertThat(columns("workers")).isEqualTo("id status last_seen job_types current_job metadata");
    }

    @Test
    void everyStateHasItsWord() {
        everyState();

        Map<String, String> seen = new HashMap<>();
        database().rows("select id, status from " + view("jobs")).forEach(row -> seen.put(row.get(0), row.get(1)));

        assertThat(seen)
                .isEqualTo(Map.of(
                        "1", JobState.COMPLETED.status(),
                        "2", JobState.DISCARDED.status(),
                        "3", JobState.CANCELLED.status(),
                        "4", JobState.RETRYABLE.status(),
                        "5", JobState.SCHEDULED.status(),
                        "6", JobState.AVAILABLE.status(),
                        "7", JobState.RUNNING.status(),
                        "8", JobState.AVAILABLE.status(),
                        "9", JobState.SCHEDULED.status()));
    }

    @Test
    void everyJobIsThereOnceWhateverItsState() {
        everyState();

        assertThat(ids())
                .isEqualTo(
                        LongStream.rangeClosed(1, 9).mapToObj(String::valueOf).toList());
        clock.advance(Duration.ofHours(2));
        stores.jobs().reclaim(100);
        assertThat(ids()).as("with suspects").hasSize(9);
        stores.jobs().promote(100);
        assertThat(ids()).as("after a promotion").hasSize(9).doesNotHaveDuplicates();
        assertThat(database().rows("select distinct status from %s where id > 3".formatted(view("jobs"))))
                .containsExactly(List.of("pending"));
    }

    @Test
    void aJobShowsWhatBecameOfIt() {
        everyState();

        assertThat(job(1))
                .containsEntry("type", "mail")
                .containsEntry("payload", "{\"to\":1}")
                .containsEntry("result", "\"sent\"")
                .containsEntry("attempts", "1")
                .containsEntry("max_attempts", "25")
                .containsEntry("worker_id", "1")
                .containsEntry("queue", "default")
                .containsEntry("priority", "4")
                .containsEntry("tenant", "main");
        assertThat(job(1).get("completed_at")).isNotNull();
        assertThat(job(2)).containsEntry("error", WHY.message()).containsEntry("completed_at", null);
        assertThat(job(4)).containsEntry("error", WHY.message()).containsEntry("attempts", "1");
        assertThat(job(4).get("scheduled_at")).isNotNull();
        assertThat(job(6)).containsEntry("attempts", "0").containsEntry("started_at", null);
        assertThat(job(7)).containsEntry("worker_id", "1").containsEntry("attempts", "1");
        assertThat(job(7).get("started_at")).isNotNull();
        assertThat(job(8)).containsEntry("started_at", null).containsEntry("worker_id", null);
    }

    @Test
    void payloadsThatAreNoTextDoNotFailTheQuery() {
        JobStore jobs = stores.jobs();
        List<byte[]> bytes = List.of(
                new byte[] {0},
                new byte[] {(byte) 0xff, (byte) 0xfe, 0, 92},
                new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                new byte[0],
                new byte[Payload.MAX_BYTES]);
        for (int i = 0; i < bytes.size(); i++) {
            jobs.enqueue(List.of(Jobs.job(10 + 2L * i, Payload.of(bytes.get(i), ContentType.BYTES), Due.now())));
        }
        settle(jobs.claim(Jobs.claim(1)).leases(), new Outcome.Completed(Payload.of(bytes.get(1), ContentType.BYTES)));

        assertThat(database().rows("select payload, result from " + view("jobs")))
                .hasSize(bytes.size());
        assertThat(job(12)).containsEntry("payload", "\\377\\376\\000\\\\");
    }

    /** As PostgreSQL plans it once the tables are large. */
    @Test
    void theViewCanBeReadWherePlansAreParallel() throws SQLException {
        everyState();
        try (Connection connection = database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set parallel_setup_cost = 0; set parallel_tuple_cost = 0;"
                    + " set min_parallel_table_scan_size = 0; set min_parallel_index_scan_size = 0");

            assertThat(TestDatabase.rows(connection, "select * from " + view("jobs")))
                    .hasSize(9);
            assertThat(TestDatabase.rows(connection, "select payload from " + view("jobs") + " where id = 1"))
                    .hasSize(1);
        }
    }

    @Test
    void aWorkerShowsWhatItRuns() {
        everyState();
        String record =
                "{\"node\":\"a\",\"status\":\"active\",\"kinds\":[\"mail\"],\"last_seen\":\"2026-01-02T03:04:05Z\","
                        + "\"metadata\":{\"host\":\"h\"}}";
        stores.control().write(List.of(new Change.Put(new RecordKey("nodes", "1"), Change.ABSENT, record)), null);

        assertThat(database()
                        .rows("select id, status, last_seen = '2026-01-02T03:04:05Z', job_types, current_job,"
                                + " metadata from "
                                + view("workers")))
                .containsExactly(List.of("1", "active", "t", "[\"mail\"]", "7", "{\"host\": \"h\"}"));
    }

    @Test
    void recordsBesideTheWorkersDoNotFailTheQuery() {
        stores.control()
                .write(
                        List.of(
                                new Change.Put(new RecordKey("nodes", "names"), Change.ABSENT, "{}"),
                                new Change.Put(new RecordKey("nodes", "99999999999"), Change.ABSENT, "{}"),
                                new Change.Put(new RecordKey("nodes", "2"), Change.ABSENT, "{}")),
                        null);

        assertThat(database().rows("select id from " + view("workers"))).containsExactly(List.of("2"));
    }

    /** Jobs 1 to 9: completed, discarded, cancelled, retryable, snoozed, released, running, available, scheduled. */
    private void everyState() {
        JobStore jobs = stores.jobs();
        jobs.enqueue(LongStream.rangeClosed(1, 7).mapToObj(Jobs::job).toList());
        List<Outcome> outcomes = List.of(
                new Outcome.Completed(Payload.json("\"sent\"")),
                new Outcome.Discard(WHY),
                new Outcome.Cancelled(WHY),
                new Outcome.Retry(Duration.ofHours(1), WHY),
                new Outcome.Snooze(Duration.ofHours(1)),
                new Outcome.Release());
        LeaseId lease =
                jobs.claim(Jobs.claim(new UUID(0, 1), 7)).leases().getFirst().id();
        for (int i = 0; i < outcomes.size(); i++) {
            jobs.settle(List.of(new Settlement(lease, new JobId(i + 1), outcomes.get(i))));
        }
        jobs.enqueue(List.of(Jobs.job(8), Jobs.job(9, Payload.json("{}"), Due.after(Duration.ofHours(1)))));
    }

    /** Each look at all jobs is one snapshot, taken while threads move them about in every way there is. */
    @Test
    void noJobIsMissingOrThereTwiceWhileTenThousandVerbsChangeThem() throws Exception {
        List<Long> ids = LongStream.rangeClosed(1, 500).boxed().toList();
        JobStore jobs = stores.jobs();
        jobs.enqueue(ids.stream()
                .map(id -> Jobs.job(id, Payload.json("1"), id % 4 == 0 ? Due.after(Duration.ofHours(1)) : Due.now()))
                .toList());
        AtomicInteger verbs = new AtomicInteger();
        AtomicInteger looks = new AtomicInteger();
        Set<String> statuses = ConcurrentHashMap.newKeySet();
        List<Callable<Integer>> work = new ArrayList<>();
        for (int thread = 0; thread < OPERATORS; thread++) {
            Random random = new Random(thread);
            work.add(() -> {
                while (verbs.getAndIncrement() < verbs()) {
                    verb(random, some(ids, random));
                }
                return 0;
            });
        }
        work.add(() -> {
            Random random = new Random(99);
            while (verbs.get() < verbs()) {
                for (Lease lease : jobs.claim(claim(random)).leases()) {
                    jobs.settle(lease.claims().stream()
                            .filter(claim -> random.nextInt(8) > 0)
                            .map(claim -> new Settlement(lease.id(), claim.job(), outcome(random)))
                            .toList());
                }
                clock.advance(Duration.ofSeconds(20));
                jobs.promote(50);
                jobs.reclaim(10);
            }
            return 0;
        });
        work.add(() -> {
            while (verbs.get() < verbs()) {
                List<List<String>> seen = database().rows("select id, status from " + view("jobs"));
                assertThat(seen)
                        .extracting(row -> Long.valueOf(row.getFirst()))
                        .containsExactlyInAnyOrderElementsOf(ids);
                seen.forEach(row -> statuses.add(row.get(1)));
                looks.incrementAndGet();
            }
            return 0;
        });

        try (ExecutorService threads = Executors.newFixedThreadPool(work.size())) {
            for (Future<Integer> each : threads.invokeAll(work)) {
                each.get();
            }
        }

        assertThat(looks).hasPositiveValue();
        assertThat(statuses)
                .isEqualTo(
                        Arrays.stream(JobState.values()).map(JobState::status).collect(Collectors.toSet()));
        assertSameAsTheStoreSays(ids);
    }

    private void assertSameAsTheStoreSays(List<Long> ids) {
        Map<String, String> seen = new HashMap<>();
        database()
                .rows("select id, status || ' ' || queue || ' ' || priority || ' ' || payload from " + view("jobs"))
                .forEach(row -> seen.put(row.get(0), row.get(1)));
        Map<String, String> said = new HashMap<>();
        stores.jobs()
                .feature(Inspect.class)
                .orElseThrow()
                .find(Jobs.LANE.tenant(), ids.stream().map(JobId::new).toList())
                .forEach(job -> said.put(
                        String.valueOf(job.id().value()),
                        job.state().status() + " " + job.lane().queue() + " " + job.priority() + " "
                                + new String(job.payload().bytes(), StandardCharsets.UTF_8)));
        assertThat(seen).isEqualTo(said);
    }

    private void verb(Random random, List<JobId> ids) {
        TenantName tenant = Jobs.LANE.tenant();
        Operate operate = stores.jobs().feature(Operate.class).orElseThrow();
        switch (random.nextInt(10)) {
            case 0 -> operate.cancel(tenant, ids);
            case 1, 2, 3 -> operate.retry(tenant, ids);
            case 4 ->
                operate.amend(tenant, ids, new Amendment.Reschedule(Due.after(Duration.ofSeconds(random.nextInt(90)))));
            case 5 -> operate.amend(tenant, ids, new Amendment.Reschedule(Due.now()));
            case 6, 7 -> operate.amend(tenant, ids, new Amendment.Reprioritise(random.nextInt(10)));
            case 8 -> operate.amend(tenant, ids, new Amendment.Move(QUEUES.get(random.nextInt(2))));
            default ->
                operate.amend(tenant, ids, new Amendment.ReplacePayload(Payload.json("" + random.nextInt(1_000))));
        }
    }

    private static List<JobId> some(List<Long> ids, Random random) {
        return random.ints(1 + random.nextInt(6), 0, ids.size())
                .mapToObj(i -> new JobId(ids.get(i)))
                .toList();
    }

    private static ClaimRequest claim(Random random) {
        List<Lane> lanes = QUEUES.stream()
                .map(queue -> new Lane(Jobs.LANE.tenant(), queue, Jobs.LANE.kind()))
                .toList();
        return new ClaimRequest(
                UUID.randomUUID(), 1, lanes, 20, Long.MAX_VALUE, Duration.ofSeconds(1 + random.nextInt(100)), true);
    }

    /** Few complete, since what is completed stays so. */
    private static Outcome outcome(Random random) {
        return switch (random.nextInt(40)) {
            case 0 -> new Outcome.Completed(null);
            case 1, 2, 3, 4 -> new Outcome.Cancelled(WHY);
            case 5, 6, 7, 8 -> new Outcome.Release();
            case 9, 10, 11, 12, 13, 14 -> new Outcome.Snooze(Duration.ofSeconds(30));
            case 15, 16, 17, 18, 19, 20, 21, 22 -> new Outcome.Discard(WHY);
            default -> new Outcome.Retry(Duration.ofSeconds(30), WHY);
        };
    }

    private void settle(List<Lease> leases, Outcome outcome) {
        for (Lease lease : leases) {
            for (Claim claim : lease.claims()) {
                stores.jobs().settle(List.of(new Settlement(lease.id(), claim.job(), outcome)));
            }
        }
    }

    private List<String> ids() {
        return database().rows("select id from %s order by id".formatted(view("jobs"))).stream()
                .map(List::getFirst)
                .toList();
    }

    /** What the view shows of a job, by column. */
    private Map<String, String> job(long id) {
        String[] names = columns("jobs").split(" ", -1);
        List<String> values = database()
                .rows("select * from %s where id = %d".formatted(view("jobs"), id))
                .getFirst();
        Map<String, String> job = new HashMap<>();
        for (int i = 0; i < names.length; i++) {
            job.put(names[i], values.get(i));
        }
        return job;
    }

    private String columns(String view) {
        return database()
                .rows("select string_agg(column_name, ' ' order by ordinal_position) from information_schema.columns"
                        + " where table_schema = '%s' and table_name = '%s'"
                                .formatted(database().contract().config().schema(), view))
                .getFirst()
                .getFirst();
    }

    private String view(String name) {
        return database().contract().of(name);
    }
}
