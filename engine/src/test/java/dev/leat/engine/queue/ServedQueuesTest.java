package dev.leat.engine.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Due;
import dev.leat.api.store.NewJob;
import dev.leat.engine.memory.InMemoryControlStore;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.testkit.StoreClock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ServedQueuesTest {
    private static final QueueName MAIL = new QueueName("mail");
    private static final QueueName BULK = new QueueName("bulk");

    private final StoreClock clock = new StoreClock();
    private final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    private final InMemoryControlStore control = new InMemoryControlStore(clock);
    private final AtomicInteger changes = new AtomicInteger();

    private ServedQueues served(QueueName... queues) {
        return new ServedQueues(
                List.of(TenantName.MAIN), List.of(queues), jobs, new PausedQueues(control), changes::incrementAndGet);
    }

    private static TenantQueue of(QueueName queue) {
        return new TenantQueue(TenantName.MAIN, queue);
    }

    private void enqueue(QueueName queue) {
        Lane lane = new Lane(TenantName.MAIN, queue, new KindName("note"));
        jobs.enqueue(List.of(new NewJob(new JobId(1 + changes.get()), 1, lane, Payload.json("{}"), 4, 1, Due.now())));
    }

    @Test
    void nothingIsServedBeforeItIsKnownWhatIsPaused() {
        new PausedQueues(control).pause(of(BULK));
        ServedQueues served = served(MAIL, BULK);
        assertThat(served.now()).isEmpty();
        served.doWork();
        assertThat(served.now()).containsExactly(of(MAIL));
    }

    @Test
    void aPauseAndItsEndAreSeenByOtherNodesAtTheirNextLook() {
        PausedQueues elsewhere = new PausedQueues(control);
        ServedQueues served = served(MAIL, BULK);
        served.doWork();
        assertThat(served.now()).containsExactlyInAnyOrder(of(MAIL), of(BULK));

        elsewhere.pause(of(MAIL));
        elsewhere.pause(of(MAIL));
        served.doWork();
        assertThat(served.now()).containsExactly(of(BULK));

        elsewhere.resume(of(MAIL));
        elsewhere.resume(of(MAIL));
        served.doWork();
        assertThat(served.now()).containsExactlyInAnyOrder(of(MAIL), of(BULK));
    }

    @Test
    void thePauseOfOneTenantsQueueIsNotThatOfAnothers() {
        new PausedQueues(control).pause(new TenantQueue(new TenantName("north"), MAIL));
        ServedQueues served = served(MAIL);
        served.doWork();
        assertThat(served.now()).containsExactly(of(MAIL));
    }

    @Test
    void queuesThatAppearLaterAreServedIfNoneAreNamed() {
        ServedQueues served = served();
        served.doWork();
        assertThat(served.now()).isEmpty();
        enqueue(MAIL);
        for (int look = 0; look < 3; look++) {
            served.doWork();
        }
        assertThat(served.now()).containsExactly(of(MAIL));
        served.expect(BULK);
        assertThat(served.now()).containsExactly(of(BULK), of(MAIL));
        assertThat(changes).hasValue(2);
        served.doWork();
        assertThat(changes).as("nothing new").hasValue(2);
    }

    @Test
    void queuesThatAreNotNamedAreNotServed() {
        ServedQueues served = served(MAIL);
        enqueue(BULK);
        served.expect(BULK);
        served.doWork();
        assertThat(served.now()).containsExactly(of(MAIL));
    }
}
