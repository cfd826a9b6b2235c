package dev.leat.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.MediaType;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.engine.id.MonotonicClock;
import dev.leat.engine.observe.JobEvent;
import dev.leat.server.events.EventLog;
import dev.leat.server.events.QueueSnapshots;
import dev.leat.wire.QueuePage;
import dev.leat.wire.QueueView;
import dev.leat.wire.StateCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

@Timeout(60)
class EventStreamTest {
    private static final int CHANGES = 50;
    private static final Pattern JOB_EVENT = Pattern.compile("id: \\S+-(\\d+)\nevent: job\n");

    private final AtomicLong available = new AtomicLong();
    private final EventLog log = new EventLog(() -> Instant.EPOCH);
    private final QueueSnapshots snapshots = new QueueSnapshots(this::read, log, new EverLater());

    private QueuePage read() {
        StateCounts jobs = new StateCounts(0, available.get(), 0, 0, 0, 0, 0);
        return new QueuePage(List.of(new QueueView(QueueName.DEFAULT, "default", false, jobs)), null);
    }

    private void change() {
        log.add(List.of(new JobEvent.Entered(
                new JobId(available.incrementAndGet()),
                new Lane(TenantName.MAIN, QueueName.DEFAULT, new KindName("note")),
                JobState.AVAILABLE)));
    }

    @Test
    void whatAFollowerHadNoTimeForDoesNotPileUp() throws Exception {
        HttpResponseWriter out = HttpResponse.streaming();
        out.write(Answers.headers(200, MediaType.EVENT_STREAM).build());
        Follower follower = new Follower();
        out.subscribe(follower);
        Thread stream = Thread.startVirtualThread(
                new EventStream(out, log, snapshots, new EventStream.Filter(null, null, null), null));
        follower.reads(3);
        follower.hearsUntil("\"available\":0");

        for (int i = 0; i < CHANGES; i++) {
            change();
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> stream.getState() == Thread.State.WAITING
                            || stream.getState() == Thread.State.TIMED_WAITING);
        }
        follower.reads(Long.MAX_VALUE);
        List<String> heard = follower.hearsUntil("\"available\":" + CHANGES);

        assertThat(String.join("", heard).split("event: queues", -1).length - 1)
                .as("times it was told the counts")
                .isLessThanOrEqualTo(3);
        log.close();
        stream.join();
    }

    /** A thousand followers that come back from afar and then do not read must not cost the node its memory. */
    @Test
    void whatAFollowerCatchesUpOnComesInSmallPieces() throws Exception {
        int events = 3_000;
        String name = "n".repeat(63);
        for (int i = 1; i <= events; i++) {
            log.add(List.of(new JobEvent.Entered(
                    new JobId(i),
                    new Lane(TenantName.MAIN, new QueueName(name), new KindName(name)),
                    JobState.AVAILABLE)));
        }
        HttpResponseWriter out = HttpResponse.streaming();
        out.write(Answers.headers(200, MediaType.EVENT_STREAM).build());
        Follower follower = new Follower();
        out.subscribe(follower);
        follower.reads(Long.MAX_VALUE);
        Thread stream = Thread.startVirtualThread(
                new EventStream(out, log, snapshots, new EventStream.Filter(null, null, null), log.id(0)));

        List<String> heard = follower.hearsUntil("id: " + log.id(events));

        assertThat(heard).allSatisfy(piece -> assertThat(piece).hasSizeLessThan(17 << 10));
        Matcher ids = JOB_EVENT.matcher(String.join("", heard));
        assertThat(ids.results().map(id -> Integer.parseInt(id.group(1))))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, events).boxed().toList());
        log.close();
        stream.join();
    }

    /** Reads as many pieces as it is told to. */
    private static final class Follower implements Subscriber<HttpObject> {
        private final CompletableFuture<Subscription> subscription = new CompletableFuture<>();
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        void reads(long pieces) {
            subscription.join().request(pieces);
        }

        List<String> hearsUntil(String word) throws InterruptedException {
            List<String> all = new ArrayList<>();
            do {
                all.add(heard.take());
            } while (!all.getLast().contains(word));
            return all;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription.complete(given);
        }

        @Override
        public void onNext(HttpObject piece) {
            if (piece instanceof HttpData data) {
                heard.add(data.toStringUtf8());
            }
        }

        @Override
        public void onError(Throwable failure) {
            heard.add("failed: " + failure);
        }

        @Override
        public void onComplete() {
            heard.add("ended");
        }
    }

    /** A second passes between any two looks. */
    private static final class EverLater implements MonotonicClock {
        private final AtomicLong seconds = new AtomicLong();

        @Override
        public long nanoTime() {
            return seconds.incrementAndGet() * 1_000_000_000;
        }

        @Override
        public void await(Condition condition, long nanos) {
            throw new UnsupportedOperationException("nothing waits by this clock");
        }
    }
}
