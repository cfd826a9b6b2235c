package dev.leat.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.TenantName;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.Capabilities.Flag;
import dev.leat.api.store.Inspect;
import dev.leat.client.ClientConfig;
import dev.leat.client.HttpLeatApi;
import dev.leat.engine.config.LeatConfig;
import dev.leat.launcher.RedisServer;
import dev.leat.sqlite.SqliteConfig;
import dev.leat.sqlite.SqliteStores;
import dev.leat.wire.ApiException;
import dev.leat.wire.BackendView;
import dev.leat.wire.EnqueueJob;
import dev.leat.wire.EnqueuedJob;
import dev.leat.wire.QueueFilter;
import dev.leat.wire.QueueRoute;
import dev.leat.wire.QueueView;
import dev.leat.wire.RawJson;
import dev.leat.wire.RouteQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose queues are kept in two files. */
@Timeout(120)
class NodeWithBackendsTest {
    private static final QueueName MAIL = new QueueName("mail");
    private static final QueueName AUDIT = new QueueName("audit");

    @TempDir
    Path home;

    private LeatConfig config(String requires) {
        return LeatConfig.CONFIG.read(
                "leat.yaml", """
                    server: {port: 0}
                    store: {url: 'sqlite:%s'}
                    backends: {archive: {url: 'sqlite:%s'}}
                    queues: {audit: {backend: archive, requires: {%s}}}
                    """.formatted(home.resolve("main.db"), home.resolve("archive.db"), requires), Map.of());
    }

    private static Node started(LeatConfig config) {
        return Node.on(config.store().orElseThrow(), config);
    }

    @Test
    void eachQueueRunsWhereItIsKeptAndCanBeRoutedElsewhere() {
        List<JobId> ids;
        try (Node node = started(config("durability: d2, delay: true"));
                HttpLeatApi api = new HttpLeatApi(ClientConfig.at(node.uri()))) {
            ids = api.enqueue(List.of(job(MAIL), job(AUDIT)), "both").jobs().stream()
                    .map(EnqueuedJob::id)
                    .toList();
            assertThat(api.enqueue(List.of(job(MAIL), job(AUDIT)), "both").jobs())
                    .as("the same call again")
                    .extracting(EnqueuedJob::id)
                    .isEqualTo(ids);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> ids.stream().allMatch(id -> api.job(id).state() == JobState.COMPLETED));

            assertThat(api.backends()).extracting(BackendView::name).containsExactly("default", "archive");
            assertThat(api.backends()).allSatisfy(backend -> {
                assertThat(backend.store()).isEqualTo("sqlite");
                assertThat(backend.durability()).isEqualTo(Durability.D2);
                assertThat(backend.flags())
                        .contains(Flag.ATOMIC_ACK, Flag.PERSISTENCE)
                        .doesNotContain(Flag.TRANSACTIONS);
            });
            assertThat(api.queues(QueueFilter.FIRST).queues())
                    .extracting(QueueView::name, QueueView::backend)
                    .containsExactly(tuple(AUDIT, "archive"), tuple(MAIL, "default"));

            QueueRoute route = api.route(MAIL, new RouteQueue("archive"));
            assertThat(route.since()).isAfter(api.stats().time());
            assertThat(api.route(MAIL, new RouteQueue("archive")).since())
                    .as("asked again")
                    .isNull();
            assertThatThrownBy(() -> api.route(MAIL, new RouteQueue("nowhere")))
                    .isInstanceOfSatisfying(ApiException.class, e -> {
                        assertThat(e.problem().status()).isEqualTo(400);
                        assertThat(e.problem().code()).isEqualTo("BACKEND_UNKNOWN");
                        assertThat(e.problem().allowed()).isEqualTo("archive, default");
                    });
        }
        assertThat(queues("main.db")).containsExactly(MAIL);
        assertThat(queues("archive.db")).containsExactly(AUDIT);
    }

    private List<QueueName> queues(String file) {
        try (SqliteStores stores = SqliteStores.open(SqliteConfig.of(home.resolve(file)))) {
            return Stream.of(AUDIT, MAIL)
                    .filter(queue -> stores.jobs()
                            .feature(Inspect.class)
                            .orElseThrow()
                            .queueNames(TenantName.MAIN)
                            .contains(queue))
                    .toList();
        }
    }

    @Test
    void aBackendThatLacksWhatAQueueNeedsIsRefusedAtTheStart() {
        assertThatThrownBy(() -> started(config("transactional_enqueue: true")))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage(
                        "backend of queue audit is archive, which lacks transactional-enqueue; allowed: a backend that"
                                + " has it, of which none is configured, or less in requires");
        started(config("delay: true")).close();
    }

    @Test
    void aBackendThatCannotBeOpenedIsNamed() throws IOException {
        Files.writeString(
                home.resolve("archive.db"), "no database at all, but long enough to be taken for one by its length");
        assertThatThrownBy(() -> started(config("delay: true")))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("backend archive cannot be opened: ");
    }

    private static EnqueueJob job(QueueName queue) {
        return new EnqueueJob(
                queue, new KindName("sleep"), RawJson.of("{\"millis\":1}"), null, null, null, null, null, null);
    }

    @Test
    void everythingCanBeInRedis() throws IOException {
        Map<String, String> durable = Map.of("appendonly", "yes", "appendfsync", "always");
        try (RedisServer redis = RedisServer.start(RedisServer.Version.REDIS_7_0, home.resolve("redis"), durable)) {
            LeatConfig config = LeatConfig.CONFIG.read("leat.yaml", """
                server: {port: 0}
                store: {url: '%s'}
                queues: {audit: {config: {key_prefix: 'audit:', database: 3}, requires: {durability: d2}}}
                """.formatted(redis.url()), Map.of());
            try (Node node = started(config);
                    HttpLeatApi api = new HttpLeatApi(ClientConfig.at(node.uri()))) {
                List<JobId> ids = api.enqueue(List.of(job(MAIL), job(AUDIT)), "both").jobs().stream()
                        .map(EnqueuedJob::id)
                        .toList();
                Awaitility.await()
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> ids.stream().allMatch(id -> api.job(id).state() == JobState.COMPLETED));
                assertThat(api.backends())
                        .extracting(BackendView::name, BackendView::store)
                        .containsExactly(tuple("default", "redis"), tuple("default.audit", "redis"));
                assertThat(api.queues(QueueFilter.FIRST).queues())
                        .extracting(QueueView::name, QueueView::backend)
                        .containsExactly(tuple(AUDIT, "default.audit"), tuple(MAIL, "default"));
            }
        }
    }
}
