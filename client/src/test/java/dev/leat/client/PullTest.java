package dev.leat.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.memory.InMemoryControlStore;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.server.LeatServer;
import dev.leat.testkit.StoreClock;
import dev.leat.wire.AckJobs;
import dev.leat.wire.ApiException;
import dev.leat.wire.DequeueJobs;
import dev.leat.wire.DequeuedJob;
import dev.leat.wire.EnqueueJob;
import dev.leat.wire.ExtendJobs;
import dev.leat.wire.HandleAnswer;
import dev.leat.wire.JobView;
import dev.leat.wire.NackJobs;
import dev.leat.wire.RawJson;
import dev.leat.wire.ReleaseJobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs taken over HTTP by a caller that runs them by itself, from a real server without workers. */
@Timeout(60)
class PullTest {
    private static final StoreClock CLOCK = new StoreClock();
    private static LeatServer server;
    private static HttpLeatApi api;

    @BeforeAll
    static void start() {
        server = LeatServer.start(
                LeatConfig.CONFIG.read(Map.of("LEAT_SERVER_PORT", "0", "LEAT_WORKER_ENABLED", "false")),
                new InMemoryJobStore(CLOCK),
                new InMemoryControlStore(CLOCK),
                leat -> {},
                "test");
        api = new HttpLeatApi(ClientConfig.at(server.uri()));
    }

    @AfterAll
    static void stop() {
        api.close();
        server.close();
    }

    @Test
    void whatIsTakenIsAcknowledgedWithItsResult() {
        QueueName queue = new QueueName("acknowledged");
        JobId id = enqueue(queue, 1).getFirst();

        DequeuedJob taken = dequeue(queue, 1, 0).getFirst();

        assertThat(taken.id()).isEqualTo(id);
        assertThat(taken.payload().text()).isEqualTo("{\"n\":0}");
        assertThat(taken.attempt()).isOne();
        assertThat(dequeue(queue, 1, 0)).isEmpty();
        assertThat(api.ack(queue, new AckJobs(List.of(taken.handle()), List.of(RawJson.of("\"sent\""))))
                        .answers())
                .containsExactly(new HandleAnswer(taken.handle(), true));
        JobView job = api.job(id);
        assertThat(job.state()).isEqualTo(JobState.COMPLETED);
        assertThat(job.result())
                .isNotNull()
                .satisfies(result -> assertThat(result.text()).isEqualTo("\"sent\""));
        assertThat(api.ack(queue, new AckJobs(List.of(taken.handle()), null)).answers())
                .as("a second time")
                .containsExactly(new HandleAnswer(taken.handle(), false));
    }

    @Test
    void whatIsRefusedIsTriedAgainOrDiscarded() {
        QueueName queue = new QueueName("refused");
        List<JobId> ids = enqueue(queue, 2);
        List<DequeuedJob> taken = dequeue(queue, 2, 0);

        api.nack(queue, new NackJobs(handles(taken.subList(0, 1)), null, 60_000L, "no paper"));
        api.nack(queue, new NackJobs(handles(taken.subList(1, 2)), false, null, null));

        assertThat(api.job(ids.getFirst()).state()).isEqualTo(JobState.RETRYABLE);
        assertThat(api.job(ids.getFirst()).attempts().getFirst().failure())
                .isNotNull()
                .satisfies(why -> assertThat(why.message()).isEqualTo("no paper"));
        assertThat(api.job(ids.getLast()).state()).isEqualTo(JobState.DISCARDED);
    }

    @Test
    void whatIsGivenBackComesAgainAndWhatIsExtendedDoesNot() {
        QueueName queue = new QueueName("given-back");
        enqueue(queue, 2);
        List<DequeuedJob> first = dequeue(queue, 1, 0);
        List<DequeuedJob> second = dequeue(queue, 1, 0);

        assertThat(api.release(queue, new ReleaseJobs(handles(first))).answers())
                .allMatch(HandleAnswer::accepted);
        assertThat(api.extend(queue, new ExtendJobs(handles(second), 60_000L)).answers())
                .allMatch(HandleAnswer::accepted);

        assertThat(dequeue(queue, 10, 0)).singleElement().satisfies(again -> {
            assertThat(again.id()).isEqualTo(first.getFirst().id());
            assertThat(again.attempt()).isOne();
        });
        assertThat(api.extend(queue, new ExtendJobs(handles(first), null)).answers())
                .noneMatch(HandleAnswer::accepted);
    }

    @Test
    void nothingIsTakenFromAPausedQueue() {
        QueueName queue = new QueueName("paused");
        enqueue(queue, 1);

        api.pause(queue);
        assertThat(dequeue(queue, 1, 0)).isEmpty();

        api.resume(queue);
        assertThat(dequeue(queue, 1, 0)).hasSize(1);
    }

    @Test
    void aCallerWaitsForAJob() throws Exception {
        QueueName queue = new QueueName("awaited");
        CompletableFuture<List<DequeuedJob>> taken = CompletableFuture.supplyAsync(() -> dequeue(queue, 1, 20_000));

        JobId id = enqueue(queue, 1).getFirst();

        assertThat(taken.get(30, TimeUnit.SECONDS)).extracting(DequeuedJob::id).containsExactly(id);
    }

    @Test
    void whatWasTakenForACallerWhoHasGoneIsNotKeptFromOthers() throws Exception {
        QueueName queue = new QueueName("gone");
        ClientConfig impatient = ClientConfig.at(server.uri()).withCallTimeout(Duration.ofMillis(500));
        try (HttpLeatApi gone = new HttpLeatApi(impatient)) {
            assertThatThrownBy(() -> gone.dequeue(queue, new DequeueJobs(null, 1, 20_000L, null)))
                    .isInstanceOf(ApiException.class);
        }
        enqueue(queue, 1);

        Awaitility.await()
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> !dequeue(queue, 1, 0).isEmpty());
    }

    @Test
    void manyWhoWaitShareWhatComesAndKeepNobodyElseWaiting() throws Exception {
        QueueName queue = new QueueName("shared");
        List<CompletableFuture<List<DequeuedJob>>> waiting = IntStream.range(0, 30)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> dequeue(queue, 1, 20_000),
                        runnable -> Thread.ofVirtual().start(runnable)))
                .toList();
        assertThat(api.stats().store()).isEqualTo("memory");

        List<JobId> ids = new ArrayList<>(enqueue(queue, 30));

        List<JobId> taken = new ArrayList<>();
        for (CompletableFuture<List<DequeuedJob>> each : waiting) {
            each.get(30, TimeUnit.SECONDS).forEach(job -> taken.add(job.id()));
        }
        Collections.sort(taken);
        assertThat(taken).containsExactlyElementsOf(ids);
    }

    @Test
    void badRequestsAreRefusedByField() {
        QueueName queue = new QueueName("bad");
        assertRefused("count", () -> dequeue(queue, 0, 0));
        assertRefused("count", () -> dequeue(queue, 1_001, 0));
        assertRefused("waitMillis", () -> dequeue(queue, 1, 20_001));
        assertRefused("waitMillis", () -> dequeue(queue, 1, -1));
        assertRefused("lease", () -> api.dequeue(queue, new DequeueJobs(null, 1, null, 99L)));
        assertRefused("kinds", () -> api.dequeue(queue, new DequeueJobs(List.of(), 1, null, null)));
        assertRefused("handles", () -> api.ack(queue, new AckJobs(List.of(), null)));
        assertRefused("handles", () -> api.ack(queue, new AckJobs(null, null)));
        assertRefused(
                "handles[1]", () -> api.release(queue, new ReleaseJobs(List.of("1-" + new JobId(5) + "-1-1", "x"))));
        assertRefused("results", () -> api.ack(queue, new AckJobs(List.of("1-" + new JobId(5) + "-1-1"), List.of())));
        assertRefused(
                "delayMillis",
                () -> api.nack(queue, new NackJobs(List.of("1-" + new JobId(5) + "-1-1"), true, -1L, null)));
    }

    private static void assertRefused(String field, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.problem().status()).isEqualTo(400);
            assertThat(e.problem().field()).isEqualTo(field);
        });
    }

    private static List<JobId> enqueue(QueueName queue, int number) {
        List<EnqueueJob> jobs = IntStream.range(0, number)
                .mapToObj(n -> new EnqueueJob(
                        queue,
                        new KindName("message"),
                        RawJson.of("{\"n\":" + n + "}"),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null))
                .toList();
        return api.enqueue(jobs, null).jobs().stream().map(job -> job.id()).toList();
    }

    private static List<DequeuedJob> dequeue(QueueName queue, int count, long waitMillis) {
        return api.dequeue(queue, new DequeueJobs(null, count, waitMillis, null))
                .jobs();
    }

    private static List<String> handles(List<DequeuedJob> jobs) {
        return jobs.stream().map(DequeuedJob::handle).toList();
    }
}
