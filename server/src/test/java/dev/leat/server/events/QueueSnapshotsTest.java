package dev.leat.server.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.engine.id.MonotonicClock;
import dev.leat.engine.observe.JobEvent;
import dev.leat.wire.ApiException;
import dev.leat.wire.Problem;
import dev.leat.wire.QueuePage;
import dev.leat.wire.QueueView;
import dev.leat.wire.StateCounts;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.Test;

class QueueSnapshotsTest {
    private final SetClock clock = new SetClock();
    private final EventLog log = new EventLog(() -> Instant.EPOCH);
    private long available;
    private int reads;
    private boolean down;
    private final QueueSnapshots snapshots = new QueueSnapshots(this::read, log, clock);

    private QueuePage read() {
        reads++;
        if (down) {
            throw new ApiException(new Problem(503, "Service Unavailable", "STORE_UNAVAILABLE", "down"));
        }
        return new QueuePage(
                List.of(new QueueView(
                        QueueName.DEFAULT, "default", false, new StateCounts(0, available, 0, 0, 0, 0, 0))),
                null);
    }

    private void change() {
        available++;
        log.add(List.of(new JobEvent.Entered(
                new JobId(available),
                new Lane(TenantName.MAIN, QueueName.DEFAULT, new KindName("note")),
                JobState.AVAILABLE)));
    }

    @Test
    void manyWhoAskReadOnceAndShareTheSameBytes() {
        QueueSnapshots.Snapshot first = snapshots.last();
        change();
        for (int i = 0; i < 100; i++) {
            assertThat(snapshots.last()).isSameAs(first);
            assertThat(snapshots.now()).isSameAs(first);
        }
        assertThat(reads).isEqualTo(1);
        assertThat(new String(first.event(), StandardCharsets.UTF_8))
                .startsWith("event: queues\ndata: {\"queues\":[{\"name\":\"default\",")
                .endsWith("\"next\":null}\n\n");
    }

    @Test
    void whatThisProcessChangesIsReadOnceASecondAndAllElseEveryFive() {
        QueueSnapshots.Snapshot first = snapshots.last();
        change();
        clock.advance(1_000);
        QueueSnapshots.Snapshot second = snapshots.last();
        assertThat(second).isNotSameAs(first);
        assertThat(second.page().queues().getFirst().jobs().available()).isEqualTo(1);

        available++;
        clock.advance(4_999);
        assertThat(snapshots.last()).isSameAs(second);
        clock.advance(1);
        assertThat(snapshots.last().page().queues().getFirst().jobs().available())
                .isEqualTo(2);
    }

    @Test
    void theSameCountsStayTheSameObject() {
        QueueSnapshots.Snapshot first = snapshots.last();
        clock.advance(5_000);
        assertThat(snapshots.last()).isSameAs(first);
        assertThat(reads).isEqualTo(2);
    }

    @Test
    void whileTheStoreDoesNotAnswerTheLastCountsAreKnownAndNoneAreNow() {
        down = true;
        assertThat(snapshots.last()).isNull();
        assertThat(snapshots.now()).isNull();
        down = false;
        clock.advance(5_000);
        QueueSnapshots.Snapshot first = snapshots.now();
        assertThat(first).isNotNull();
        down = true;
        clock.advance(5_000);
        assertThat(snapshots.last()).isSameAs(first);
        assertThat(snapshots.now()).isNull();
        assertThat(reads).isEqualTo(3);
    }

    private static final class SetClock implements MonotonicClock {
        private long nanos;

        void advance(long millis) {
            nanos += TimeUnit.MILLISECONDS.toNanos(millis);
        }

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public void await(Condition condition, long nanos) {
            throw new UnsupportedOperationException("nothing waits by this clock");
        }
    }
}
