package dev.leat.server;

import dev.leat.api.store.JobStore;
import dev.leat.engine.Leat;
import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.memory.InMemoryControlStore;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.testkit.StoreClock;
import dev.leat.wire.WireJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A node on stores in memory, and a client of it. */
final class ServerRig implements AutoCloseable {
    /** Completes with its payload as result. */
    static final JobKind<EchoPayload> ECHO = JobKind.of("echo", EchoPayload.class);

    /** Fails for ever, and is discarded at once if told to run once. */
    static final JobKind<EchoPayload> BROKEN = JobKind.of("broken", EchoPayload.class);

    record EchoPayload(String text) {}

    final StoreClock clock = new StoreClock();
    final InMemoryControlStore control = new InMemoryControlStore(clock);
    final JobStore jobs;
    final LeatServer server;
    final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    ServerRig() {
        this(Map.of());
    }

    /** @param settings as environment overrides */
    ServerRig(Map<String, String> settings) {
        this(settings, ServerRig::kinds, null);
    }

    ServerRig(Map<String, String> settings, Consumer<Leat> kinds, JobStore store) {
        jobs = store == null ? new InMemoryJobStore(clock) : store;
        HashMap<String, String> all = new HashMap<>(Map.of("LEAT_SERVER_PORT", "0"));
        all.putAll(settings);
        server = LeatServer.start(LeatConfig.CONFIG.read(all), jobs, control, kinds, "test");
    }

    static void kinds(Leat leat) {
        leat.handle(ECHO, (payload, job) -> job.result(payload));
        leat.handle(BROKEN, (payload, job) -> {
            throw new IllegalStateException("as it was told to");
        });
    }

    URI uri(String path) {
        return server.uri().resolve(path);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri(path))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, String body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(30))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    <T> T read(HttpResponse<String> response, Class<T> type) {
        return WireJson.STRICT.read(response.body().getBytes(StandardCharsets.UTF_8), type);
    }

    @Override
    public void close() {
        server.close();
        client.close();
    }
}
