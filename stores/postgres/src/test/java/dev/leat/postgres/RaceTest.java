package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.testkit.StoreClock;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What threads that meet inside PostgreSQL could do to each other. */
class RaceTest {
    private static final int THREADS = 8;

    private final TestDatabase database = TestDatabase.newest();
    private JobStore store;

    @BeforeEach
    void open() {
        store = database.contract().emptied(new StoreClock()).jobs();
    }

    @Test
    void claimsWithOneClaimIdTakeTogetherWhatOneMayTake() throws Exception {
        store.enqueue(Jobs.scattered(400));
        for (int round = 0; round < 20; round++) {
            ClaimRequest request = Jobs.claim(new UUID(0, round), 10);

            Map<JobId, LeaseId> jobs = new HashMap<>();
            for (Claimed claimed : atOnce(thread -> () -> store.claim(request))) {
                for (Lease lease : claimed.leases()) {
                    lease.claims()
                            .forEach(claim -> assertThat(jobs.merge(claim.job(), lease.id(), (one, same) -> same))
                                    .isEqualTo(lease.id()));
                }
            }

            assertThat(jobs).as("round %d", round).hasSizeBetween(1, 10);
            assertThat(database.number(
                            "select coalesce(sum(upper(run) - lower(run)), 0) from %s, unnest(ids) run where claim_id = '%s'"
                                    .formatted(database.contract().of("lease"), request.claimId())))
                    .as("jobs leased under one claim id")
                    .isEqualTo(jobs.size());
        }
    }

    /** Each call locks its ids in their own order, whatever the order it was given them in. */
    @Test
    void enqueuesOfTheSameJobsInOppositeOrderDoNotWaitInACircle() throws Exception {
        long deadlocks = deadlocks();
        for (int round = 0; round < 10; round++) {
            long first = 1_000L * (round + 1);
            List<NewJob> jobs =
                    LongStream.range(first, first + 300).mapToObj(Jobs::job).toList();

            long accepted = atOnce(thread -> () -> {
                        List<NewJob> ordered = new ArrayList<>(jobs);
                        if (thread % 2 == 1) {
                            Collections.reverse(ordered);
                        }
                        return store.enqueue(ordered);
                    })
                    .stream()
                    .flatMap(List::stream)
                    .filter(Enqueued.Accepted.class::isInstance)
                    .count();

            assertThat(accepted).isEqualTo(jobs.size());
        }
        assertThat(deadlocks()).isEqualTo(deadlocks);
    }

    /** A claim that locks more than it needs leaves others nothing, for as long as it keeps doing so. */
    @Test
    void claimsOfFewJobsFromLargeBlocksLeaveTheOtherBlocksToOthers() {
        for (long lo = 1; lo <= 20_000; lo += 1_000) {
            store.enqueue(LongStream.range(lo, lo + 1_000).mapToObj(Jobs::job).toList());
        }
        for (int i = 0; i < 5; i++) {
            assertThat(store.claim(Jobs.claim(32)).jobs()).isEqualTo(32);
        }

        long before = database.number("select max(xmax::text::bigint) from " + ready());
        store.claim(Jobs.claim(32));

        assertThat(database.number("select count(*) from %s where xmax::text::bigint > %d".formatted(ready(), before)))
                .as("blocks that the sixth claim locked and left as they were")
                .isLessThanOrEqualTo(1);
    }

    @Test
    void aClaimThatOnlyFindsJobsBeingHandedOutSaysSo() throws Exception {
        assertThat(store.claim(Jobs.claim(1))).isEqualTo(Claimed.NOTHING);
        store.enqueue(Jobs.scattered(3));
        try (Connection other = database.connect()) {
            other.setAutoCommit(false);
            TestDatabase.rows(other, "select from %s for update".formatted(ready()));
            assertThat(store.claim(Jobs.claim(1))).isEqualTo(Claimed.CONTENDED);
            other.rollback();
        }
        Claimed claimed = store.claim(Jobs.claim(3));
        assertThat(claimed.jobs()).isEqualTo(3);
        assertThat(claimed.contended()).isFalse();
        assertThat(store.claim(Jobs.claim(1))).isEqualTo(Claimed.NOTHING);
    }

    private String ready() {
        return database.contract().of("ready");
    }

    private long deadlocks() {
        return database.number("select deadlocks from pg_stat_database where datname = current_database()");
    }

    private static <T> List<T> atOnce(IntFunction<Callable<T>> work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Callable<T> each = work.apply(i);
                running.add(threads.submit(() -> {
                    start.await();
                    return each.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> each : running) {
                results.add(each.get());
            }
            return results;
        }
    }
}
