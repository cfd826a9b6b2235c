package dev.leat.engine.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Due;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settlement;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.engine.rig.FaultyJobStore;
import dev.leat.testkit.StoreClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ObservedJobStoreTest {
    private static final Lane LANE = new Lane(TenantName.MAIN, QueueName.DEFAULT, new KindName("note"));

    private final StoreClock clock = new StoreClock();
    private final List<JobEvent> told = new ArrayList<>();
    private final FaultyJobStore way = new FaultyJobStore(new InMemoryJobStore(clock));
    private final ObservedJobStore store = new ObservedJobStore(way, told::addAll, events -> {});

    private static NewJob job(long id, Due due) {
        return new NewJob(new JobId(id), id, LANE, Payload.json("{}"), 4, 3, due);
    }

    private static ClaimRequest request() {
        return new ClaimRequest(UUID.randomUUID(), 1, List.of(LANE), 10, 1_000, Duration.ofSeconds(30), true);
    }

    private static JobEvent entered(long id, JobState state) {
        return new JobEvent.Entered(new JobId(id), LANE, state);
    }

    private List<JobEvent> news() {
        List<JobEvent> news = List.copyOf(told);
        told.clear();
        return news;
    }

    @Test
    void everyStepOfAJobIsTold() {
        store.enqueue(List.of(job(1, Due.now()), job(2, Due.now()), job(3, Due.after(Duration.ofSeconds(5)))));
        assertThat(news())
                .containsExactly(
                        entered(1, JobState.AVAILABLE), entered(2, JobState.AVAILABLE), entered(3, JobState.SCHEDULED));
        store.enqueue(List.of(job(1, Due.now())));
        assertThat(news()).as("a duplicate is no news").isEmpty();

        Lease lease = store.claim(request()).leases().getFirst();
        assertThat(news()).containsExactly(entered(1, JobState.RUNNING), entered(2, JobState.RUNNING));

        store.settle(List.of(new Settlement(lease.id(), new JobId(1), new Outcome.Completed(null))));
        store.settle(List.of(new Settlement(lease.id(), new JobId(1), new Outcome.Discard(Failure.of("late")))));
        assertThat(news()).containsExactly(entered(1, JobState.COMPLETED));

        clock.advance(Duration.ofSeconds(5));
        store.promote(10);
        assertThat(news()).containsExactly(new JobEvent.BecameAvailable(LANE, 1));
        Claimed claimed = store.settleAndClaim(
                        List.of(new Settlement(
                                lease.id(), new JobId(2), new Outcome.Retry(Duration.ofHours(1), Failure.of("no")))),
                        request())
                .claimed();
        assertThat(claimed.leases().getFirst().claims()).extracting(Claim::job).containsExactly(new JobId(3));
        assertThat(news()).containsExactly(entered(2, JobState.RETRYABLE), entered(3, JobState.RUNNING));

        clock.advance(Duration.ofMinutes(1));
        store.reclaim(10);
        assertThat(news()).containsExactly(new JobEvent.BecameAvailable(LANE, 1));
    }

    @Test
    void theDiscardOfAJobThatKilledItsWorkersIsTold() {
        store.enqueue(List.of(job(1, Due.now())));
        for (int crash = 0; crash < 5; crash++) {
            store.claim(request());
            clock.advance(Duration.ofMinutes(1));
            store.reclaim(10);
        }
        assertThat(news()).endsWith(entered(1, JobState.RUNNING), entered(1, JobState.DISCARDED));
    }

    /** A worker may be done with a job before the call that enqueued it has returned. */
    @Test
    void aJobThatIsCompletedBeforeItsEnqueueReturnsIsToldInOrder() {
        way.beforeEnqueueAnswer(() -> complete(1));
        store.enqueue(List.of(job(1, Due.now()), job(2, Due.now())));
        assertThat(news())
                .containsExactly(
                        entered(1, JobState.AVAILABLE),
                        entered(1, JobState.RUNNING),
                        entered(2, JobState.AVAILABLE),
                        entered(2, JobState.RUNNING),
                        entered(1, JobState.COMPLETED));
    }

    /** Who counts may be slow, without that other workers wait for it. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whoNeedsNoOrderHoldsNobodyUp() {
        List<JobEvent> counted = Collections.synchronizedList(new ArrayList<>());
        List<Runnable> meanwhile = new ArrayList<>();
        ObservedJobStore watched = new ObservedJobStore(way, told::addAll, events -> {
            counted.addAll(events);
            if (!meanwhile.isEmpty()) {
                CompletableFuture.runAsync(meanwhile.removeFirst()).join();
            }
        });
        meanwhile.add(() -> watched.enqueue(List.of(job(2, Due.now()))));

        watched.enqueue(List.of(job(1, Due.now())));

        assertThat(news()).containsExactly(entered(1, JobState.AVAILABLE), entered(2, JobState.AVAILABLE));
        assertThat(counted).containsExactly(entered(1, JobState.AVAILABLE), entered(2, JobState.AVAILABLE));
    }

    @Test
    void changesByHandAreToldWithoutReadingTheirJobs() {
        Operate operate = store.feature(Operate.class).orElseThrow();
        store.enqueue(List.of(job(1, Due.after(Duration.ofHours(1)))));
        operate.cancel(TenantName.MAIN, List.of(new JobId(1), new JobId(7)));
        operate.cancel(TenantName.MAIN, List.of(new JobId(1)));
        operate.retry(TenantName.MAIN, List.of(new JobId(1)));
        complete(1);
        operate.retry(TenantName.MAIN, List.of(new JobId(1)));
        assertThat(news())
                .containsExactly(
                        entered(1, JobState.SCHEDULED),
                        entered(1, JobState.CANCELLED),
                        entered(1, JobState.AVAILABLE),
                        entered(1, JobState.RUNNING),
                        entered(1, JobState.COMPLETED));
    }

    @Test
    void whatIsAmendedIsToldAsItIsNow() {
        Operate operate = store.feature(Operate.class).orElseThrow();
        store.enqueue(List.of(job(1, Due.now())));
        operate.amend(TenantName.MAIN, List.of(new JobId(1)), new Amendment.Reschedule(Due.after(Duration.ofHours(1))));
        operate.amend(TenantName.MAIN, List.of(new JobId(1), new JobId(7)), new Amendment.Move(new QueueName("other")));
        operate.amend(TenantName.MAIN, List.of(new JobId(1)), new Amendment.Move(QueueName.DEFAULT));
        operate.amend(TenantName.MAIN, List.of(new JobId(1)), new Amendment.Reschedule(Due.now()));
        complete(1);
        operate.amend(TenantName.MAIN, List.of(new JobId(1)), new Amendment.Reprioritise(1));

        assertThat(news())
                .containsExactly(
                        entered(1, JobState.AVAILABLE),
                        entered(1, JobState.SCHEDULED),
                        new JobEvent.Entered(
                                new JobId(1),
                                new Lane(LANE.tenant(), new QueueName("other"), LANE.kind()),
                                JobState.SCHEDULED),
                        entered(1, JobState.SCHEDULED),
                        entered(1, JobState.AVAILABLE),
                        entered(1, JobState.RUNNING),
                        entered(1, JobState.COMPLETED));
    }

    private void complete(long id) {
        Lease lease = store.claim(request()).leases().getFirst();
        store.settle(List.of(new Settlement(lease.id(), new JobId(id), new Outcome.Completed(null))));
    }
}
