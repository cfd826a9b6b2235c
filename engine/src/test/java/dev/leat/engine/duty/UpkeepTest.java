package dev.leat.engine.duty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.ForwardingJobStore;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Retention;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.testkit.StoreClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The duties that move jobs which nobody settles, or remove them: {@link Promoter}, {@link Reclaimer}, {@link Pruner}. */
class UpkeepTest {
    private static final Lane LANE = new Lane(TenantName.MAIN, QueueName.DEFAULT, new KindName("note"));

    private final StoreClock clock = new StoreClock();
    private final InMemoryJobStore store = new InMemoryJobStore(clock);
    private final AtomicInteger told = new AtomicInteger();

    private void enqueue(int number, Due due) {
        store.enqueue(IntStream.range(0, number)
                .mapToObj(n -> new NewJob(JobId.of(1, 1, n), n, LANE, Payload.json("{}"), 4, 25, due))
                .toList());
    }

    private int claimed(int most) {
        return store.claim(new ClaimRequest(
                        UUID.randomUUID(), 1, List.of(LANE), most, Long.MAX_VALUE, Duration.ofMinutes(1), false))
                .jobs();
    }

    @Test
    void thePromoterMovesWhatIsDueInStepsAndSaysSo() {
        Promoter promoter = new Promoter(store, told::incrementAndGet);
        enqueue(1_500, Due.after(Duration.ofHours(1)));
        assertThat(promoter.doWork()).isZero();
        assertThat(told).as("nothing to tell").hasValue(0);
        clock.advance(Duration.ofHours(1));
        assertThat(promoter.doWork()).isEqualTo(1_000);
        assertThat(promoter.doWork()).isEqualTo(500);
        assertThat(promoter.doWork()).isZero();
        assertThat(told).hasValue(2);
        assertThat(claimed(2_000)).isEqualTo(1_500);
    }

    @Test
    void theReclaimerTakesBackWhatItsWorkerLeftAndSaysSo() {
        Reclaimer reclaimer = new Reclaimer(store, told::incrementAndGet);
        enqueue(300, Due.now());
        assertThat(claimed(300)).isEqualTo(300);
        assertThat(reclaimer.doWork()).isZero();
        assertThat(told).hasValue(0);
        clock.advance(Duration.ofMinutes(1));
        assertThat(reclaimer.doWork()).isEqualTo(300);
        assertThat(reclaimer.doWork()).isZero();
        assertThat(told).hasValue(1);
    }

    @Test
    void thePrunerRemovesWhatEndedLongAgoInSteps() {
        Pruner pruner = new Pruner(store, Retention.DEFAULT);
        enqueue(1_500, Due.now());
        List<JobId> ids =
                IntStream.range(0, 1_500).mapToObj(n -> JobId.of(1, 1, n)).toList();
        store.cancel(TenantName.MAIN, ids.subList(0, 1_400));
        assertThat(pruner.doWork()).isZero();
        clock.advance(Duration.ofDays(7));
        assertThat(pruner.doWork()).isEqualTo(1_000);
        assertThat(pruner.doWork()).as("nothing more to do at once").isZero();
        assertThat(claimed(2_000)).isEqualTo(100);
        assertThat(store.counts(TenantName.MAIN)).doesNotContainEntry(JobState.CANCELLED, 400L);
        assertThat(store.find(TenantName.MAIN, ids.getFirst())).isEmpty();
    }

    @Test
    void aStoreThatKeepsEverythingIsLeftAlone() {
        JobStore keeping = new ForwardingJobStore(store) {
            @Override
            public <T> Optional<T> feature(Class<T> facet) {
                return Optional.empty();
            }
        };
        enqueue(1, Due.now());
        store.cancel(TenantName.MAIN, List.of(JobId.of(1, 1, 0)));
        clock.advance(Duration.ofDays(7));

        assertThat(new Pruner(keeping, Retention.DEFAULT).doWork()).isZero();
        assertThat(store.find(TenantName.MAIN, JobId.of(1, 1, 0))).isPresent();
    }
}
