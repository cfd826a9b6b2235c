package dev.leat.verify.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.verify.history.Event;
import dev.leat.verify.history.HistoryChecker;
import dev.leat.verify.history.Op;
import dev.leat.verify.history.Phase;
import dev.leat.verify.history.RecordedJobStore;
import dev.leat.verify.history.Recorder;
import dev.leat.verify.history.Verdict;
import dev.leat.verify.simulation.VirtualClock;
import dev.leat.verify.torture.Gate.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InsistentStoreTest {
    private static final Lane LANE = new Lane(TenantName.MAIN, new QueueName("mail"), new KindName("work"));
    private static final int JOBS = 200;

    private final List<Event> history = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong();
    private final Recorder recorder = new Recorder("w", clock::incrementAndGet, history::addAll);
    private final List<Moment> reached = new ArrayList<>();
    private final Gate gate = new Gate(reached::add);
    private final InsistentStore store = new InsistentStore(
            new GatedStore(
                    new RecordedJobStore(new InMemoryJobStore(new VirtualClock()), recorder),
                    gate,
                    EnumSet.of(Moment.SETTLE_IN_FLIGHT)),
            new SplittableRandom(1));

    @Test
    void callsAreMadeAgainAndEachIsRefusedOrAnsweredTheSame() {
        run();

        Verdict verdict = verdict();
        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.completed()).isEqualTo(JOBS);
        assertThat(verdict.stale()).isGreaterThan(JOBS / 5);
        assertThat(history.stream().filter(event -> event.op() == Op.CLAIM && event.phase() == Phase.INVOKE))
                .hasSizeGreaterThan(JOBS);
    }

    @Test
    void aGateIsPassedUnlessItIsTheMomentThatIsAwaited() {
        gate.awaits(Moment.SETTLE_IN_FLIGHT);
        run();
        assertThat(reached).containsExactly(Moment.SETTLE_IN_FLIGHT);
    }

    private void run() {
        for (int i = 1; i <= JOBS; i++) {
            store.enqueue(List.of(new NewJob(JobId.of(i, 1, 1), i, LANE, Payload.json("1"), 4, 3, Due.now())));
            ClaimRequest request =
                    new ClaimRequest(new UUID(1, i), 1, List.of(LANE), 1, 1_000, Duration.ofSeconds(6), true);
            Lease lease = store.claim(request).leases().getFirst();
            store.renew(List.of(lease.id()), Duration.ofSeconds(6));
            JobId job = lease.claims().getFirst().job();
            List<Settled> answers = store.settle(List.of(new Settlement(lease.id(), job, new Outcome.Completed(null))));
            assertThat(answers).allMatch(Settled::accepted);
            recorder.record(
                    0,
                    Op.FINAL,
                    Phase.OK,
                    event -> event.job(job.value()).attempt(1).maxAttempts(3).word("completed"));
        }
    }

    private Verdict verdict() {
        HistoryChecker checker = new HistoryChecker(Duration.ofSeconds(6));
        history.forEach(checker);
        return checker.verdict();
    }
}
