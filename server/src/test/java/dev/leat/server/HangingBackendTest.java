package dev.leat.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.QueueName;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.ForwardingJobStore;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.NewJob;
import dev.leat.engine.backend.Backends;
import dev.leat.engine.backend.Routes;
import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.id.MonotonicClock;
import dev.leat.engine.memory.InMemoryControlStore;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.testkit.StoreClock;
import dev.leat.wire.DequeuedJobs;
import dev.leat.wire.WireJson;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node of two connections for each of its backends, one of which answers nobody. */
@Timeout(120)
class HangingBackendTest {
    private static final QueueName AUDIT = new QueueName("audit");

    private final StoreClock clock = new StoreClock();
    private final InMemoryControlStore control = new InMemoryControlStore(clock);
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answers = new CountDownLatch(1);
    private final JobStore hanging = new ForwardingJobStore(new InMemoryJobStore(clock)) {
        @Override
        public List<Enqueued> enqueue(List<NewJob> jobs) {
            asked.countDown();
            try {
                answers.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return super.enqueue(jobs);
        }
    };
    private final Backends backends =
            new Backends(Map.of(Backends.STANDARD, new InMemoryJobStore(clock), "archive", hanging));

    @Test
    void queuesOfOtherBackendsAreServed() throws Exception {
        new Routes(control, MonotonicClock.SYSTEM, backends.stores().keySet(), () -> {})
                .route(AUDIT, "archive", () -> {});
        clock.advance(Duration.ofMinutes(1));
        LeatConfig config = LeatConfig.CONFIG.read("leat.yaml", """
            server: {port: 0, request_timeout: 30s}
            worker: {enabled: false}
            store: {url: 'memory:', connections: 2}
            backends: {archive: {url: 'memory:', connections: 2}}
            """, Map.of());
        List<CompletableFuture<?>> hang = new ArrayList<>();
        try (LeatServer server = LeatServer.start(config, backends, control, leat -> {}, "test");
                AutoCloseable _ = answers::countDown;
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            for (int i = 0; i < 10; i++) {
                hang.add(client.sendAsync(
                        post(server, "jobs", "{\"kind\":\"message\",\"queue\":\"audit\"}"),
                        HttpResponse.BodyHandlers.discarding()));
            }
            asked.await();

            assertThat(answer(client, post(server, "jobs", "{\"kind\":\"message\"}")))
                    .contains("accepted");
            String handle = WireJson.STRICT
                    .read(
                            answer(client, post(server, "queues/default/dequeue", "{}"))
                                    .getBytes(StandardCharsets.UTF_8),
                            DequeuedJobs.class)
                    .jobs()
                    .getFirst()
                    .handle();
            assertThat(answer(client, post(server, "queues/default/ack", "{\"handles\":[\"" + handle + "\"]}")))
                    .contains("true");

            assertThat(hang).noneMatch(CompletableFuture::isDone);
            answers.countDown();
            hang.forEach(CompletableFuture::join);
        }
    }

    private static HttpRequest post(LeatServer server, String path, String body) {
        URI uri = server.uri().resolve("/api/v1/" + path);
        return HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(60))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static String answer(HttpClient client, HttpRequest request) throws Exception {
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}
