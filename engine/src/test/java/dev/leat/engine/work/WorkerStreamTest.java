package dev.leat.engine.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** While jobs come one after the other in a stream, each claim settles what came of the job before. */
@Timeout(120)
class WorkerStreamTest {
    private static final int STREAM = 9;
    private static final Duration GAP = Duration.ofMillis(2);
    private static final Duration PATIENCE = Duration.ofMillis(5);

    private final WorkerRig rig = new WorkerRig();
    private final BlockingQueue<Thread> ran = new LinkedBlockingQueue<>();
    private final Worker worker = rig.worker((note, job) -> ran.add(Thread.currentThread()));

    @Test
    void anOutcomeWaitsForTheNextClaim() throws Exception {
        JobId last = stream(STREAM, GAP);

        worker.tick();
        assertThat(rig.state(last)).isEqualTo(JobState.RUNNING);

        JobId next = run();
        assertThat(rig.state(last)).isEqualTo(JobState.COMPLETED);
        assertThat(rig.state(next)).isEqualTo(JobState.RUNNING);
    }

    @Test
    void withoutAnotherJobItIsSettledAMomentLater() throws Exception {
        JobId last = stream(STREAM, GAP);

        rig.clock.advance(PATIENCE);
        worker.tick();

        assertThat(rig.state(last)).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void aClaimThatFindsNothingSettlesToo() throws Exception {
        JobId last = stream(STREAM, GAP);

        worker.expectJobs();
        worker.tick();

        assertThat(rig.state(last)).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void aFewJobsInARowAreNoStream() throws Exception {
        JobId last = stream(STREAM - 1, GAP);

        worker.tick();

        assertThat(rig.state(last)).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void jobsThatComeNowAndThenAreNoStream() throws Exception {
        JobId last = stream(3 * STREAM, PATIENCE);

        worker.tick();

        assertThat(rig.state(last)).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void aWorkerThatIsClosedDoesNotWait() throws Exception {
        JobId last = stream(STREAM, GAP);

        worker.close();

        assertThat(rig.state(last)).isEqualTo(JobState.COMPLETED);
    }

    /** The last of so many jobs, each claimed and run that long after the one before. */
    private JobId stream(int number, Duration gap) throws InterruptedException {
        JobId last = run();
        for (int i = 1; i < number; i++) {
            rig.clock.advance(gap);
            last = run();
        }
        return last;
    }

    /** Has a job claimed, and returns when its outcome is there. */
    private JobId run() throws InterruptedException {
        JobId id = rig.enqueue("x");
        worker.expectJobs();
        worker.tick();
        ran.take().join();
        return id;
    }
}
