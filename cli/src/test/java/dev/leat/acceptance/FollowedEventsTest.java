package dev.leat.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.engine.handler.JobKind;
import dev.leat.wire.EnqueueAnswer;
import dev.leat.wire.JobEventView;
import dev.leat.wire.WireJson;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Events under load, followed over connections that break. */
@Timeout(180)
class FollowedEventsTest {
    private static final int JOBS = 5_000;
    private static final int CONNECTIONS = 64;

    @TempDir
    Path home;

    private record Empty() {}

    @Test
    void theLastStateOfEveryJobArrivesAcrossReconnects() throws Exception {
        try (Node node = new Node(
                        home, Map.of(), leat -> leat.handle(JobKind.of("note", Empty.class), (payload, job) -> {}));
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Follower follower = new Follower(node);
            Future<?> following = threads.submit(follower);
            follower.awaitConnected();

            Set<JobId> enqueued = ConcurrentHashMap.newKeySet();
            List<Callable<Void>> producers = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                int first = i;
                producers.add(() -> {
                    for (int n = first; n < JOBS; n += CONNECTIONS) {
                        enqueued.add(enqueue(client, node));
                    }
                    return null;
                });
            }
            for (Future<Void> each : threads.invokeAll(producers)) {
                each.get();
            }
            assertThat(enqueued).hasSize(JOBS);
            following.get();

            assertThat(follower.connections).as("connections").isGreaterThanOrEqualTo(5);
            assertThat(follower.resets).as("resets").isZero();
            assertThat(follower.last.keySet()).containsExactlyInAnyOrderElementsOf(enqueued);
            assertThat(follower.last.values()).containsOnly(JobState.COMPLETED);
        }
    }

    private static JobId enqueue(HttpClient client, Node node) throws Exception {
        HttpResponse<byte[]> response = client.send(
                HttpRequest.newBuilder(node.server.uri().resolve("/api/v1/jobs"))
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"kind\":\"note\",\"payload\":{}}"))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode())
                .as(new String(response.body(), StandardCharsets.UTF_8))
                .isEqualTo(200);
        return WireJson.STRICT
                .read(response.body(), EnqueueAnswer.class)
                .jobs()
                .getFirst()
                .id();
    }

    /** Leaves after every thousand events and comes back where it was, until all jobs are completed. */
    private static final class Follower implements Callable<Void> {
        private final Node node;
        private final CountDownLatch connected = new CountDownLatch(1);
        final Map<JobId, JobState> last = new HashMap<>();
        int connections;
        int resets;
        private String lastId;

        Follower(Node node) {
            this.node = node;
        }

        void awaitConnected() throws InterruptedException {
            connected.await();
        }

        @Override
        public Void call() throws Exception {
            while (!isDone()) {
                try (HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
                    HttpRequest.Builder request = HttpRequest.newBuilder(
                                    node.server.uri().resolve("/api/v1/events"))
                            .timeout(Duration.ofSeconds(30));
                    if (lastId != null) {
                        request.header("last-event-id", lastId);
                    }
                    connections++;
                    try (Stream<String> lines = client.send(request.build(), HttpResponse.BodyHandlers.ofLines())
                            .body()) {
                        follow(lines.iterator());
                    }
                    client.shutdownNow();
                }
            }
            return null;
        }

        private boolean isDone() {
            return last.size() == JOBS && last.values().stream().allMatch(state -> state == JobState.COMPLETED);
        }

        /** An event counts when its empty line has come, as in a browser. */
        private void follow(Iterator<String> lines) {
            String id = null;
            String type = "";
            String data = "";
            int events = 0;
            while (events < 1_000 && !isDone() && lines.hasNext()) {
                String line = lines.next();
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    type = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                } else if (line.isEmpty()) {
                    lastId = id == null ? lastId : id;
                    connected.countDown();
                    if (type.equals("job")) {
                        JobEventView event =
                                WireJson.STRICT.read(data.getBytes(StandardCharsets.UTF_8), JobEventView.class);
                        last.put(event.id(), event.state());
                        events++;
                    } else if (type.equals("reset")) {
                        resets++;
                    }
                    type = "";
                }
            }
        }
    }
}
