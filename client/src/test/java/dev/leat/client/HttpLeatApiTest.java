package dev.leat.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.memory.InMemoryControlStore;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.server.LeatServer;
import dev.leat.testkit.StoreClock;
import dev.leat.wire.ApiException;
import dev.leat.wire.EnqueueJob;
import dev.leat.wire.EnqueueStatus;
import dev.leat.wire.JobFilter;
import dev.leat.wire.JobHeadView;
import dev.leat.wire.JobPage;
import dev.leat.wire.JobView;
import dev.leat.wire.LeatApi;
import dev.leat.wire.MoveJob;
import dev.leat.wire.QueueFilter;
import dev.leat.wire.QueuePage;
import dev.leat.wire.QueueView;
import dev.leat.wire.RawJson;
import dev.leat.wire.ReplacePayload;
import dev.leat.wire.ReprioritiseJob;
import dev.leat.wire.RescheduleJob;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every call, asked of a real server. */
@Timeout(60)
class HttpLeatApiTest {
    private static LeatServer server;
    private static HttpLeatApi api;

    record Note(String text) {}

    @BeforeAll
    static void start() {
        StoreClock clock = new StoreClock();
        server = LeatServer.start(
                LeatConfig.CONFIG.read(Map.of("LEAT_SERVER_PORT", "0")),
                new InMemoryJobStore(clock),
                new InMemoryControlStore(clock),
                leat -> leat.handle(JobKind.of("note", Note.class), (note, job) -> job.result(note)),
                "test");
        api = new HttpLeatApi(ClientConfig.at(server.uri()));
    }

    @AfterAll
    static void stop() {
        api.close();
        server.close();
    }

    private static EnqueueJob job(String queue, String payload, Long delayMillis) {
        return new EnqueueJob(
                new QueueName(queue), new KindName("note"), RawJson.of(payload), 2, 3, null, delayMillis, null, null);
    }

    private static JobId enqueued(String queue, String payload, Long delayMillis) {
        return api.enqueue(List.of(job(queue, payload, delayMillis)), null)
                .jobs()
                .getFirst()
                .id();
    }

    @Test
    void aJobIsEnqueuedByteForByteAndShown() {
        String payload = "{ \"text\" : \"\\u00e4\u00e4\u2028\" }";
        JobId id = enqueued("shown", payload, null);
        JobView done = Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> api.job(id), job -> job.state() == JobState.COMPLETED);
        assertThat(done.payload().text()).isEqualTo(payload);
        assertThat(done.priority()).isEqualTo(2);
        assertThat(done.maxAttempts()).isEqualTo(3);
        assertThat(done.result().text()).isEqualTo("{\"text\":\"\u00e4\u00e4\u2028\"}");
    }

    @Test
    void aThousandJobsAreOneCallAndAKeyMakesThemOnce() {
        List<EnqueueJob> many = Collections.nCopies(LeatApi.MOST_JOBS, job("many", "1", 3_600_000L));
        assertThat(api.enqueue(many, "many").jobs())
                .hasSize(LeatApi.MOST_JOBS)
                .allMatch(each -> each.status() == EnqueueStatus.ACCEPTED);
        assertThat(api.enqueue(many, "many").jobs()).allMatch(each -> each.status() == EnqueueStatus.DUPLICATE);
        assertThatThrownBy(() -> api.enqueue(List.of(), null)).isInstanceOf(ApiException.class);
    }

    @Test
    void pagesFollowEachOther() {
        for (int i = 0; i < 5; i++) {
            enqueued("pages", "1", 3_600_000L);
        }
        Set<JobId> seen = new HashSet<>();
        JobFilter filter =
                new JobFilter(new QueueName("pages"), new KindName("note"), Set.of(JobState.SCHEDULED), null, 2);
        JobPage page = api.jobs(filter);
        page.jobs().stream().map(JobHeadView::id).forEach(seen::add);
        while (page.next() != null) {
            page = api.jobs(new JobFilter(filter.queue(), filter.kind(), filter.states(), page.next(), 2));
            assertThat(page.jobs()).hasSizeLessThanOrEqualTo(2);
            page.jobs().stream().map(JobHeadView::id).forEach(seen::add);
        }
        assertThat(seen).hasSize(5);
        assertThat(api.jobs(new JobFilter(
                                filter.queue(), null, Set.of(JobState.RUNNING, JobState.DISCARDED), null, 100))
                        .jobs())
                .isEmpty();
    }

    @Test
    void jobsAreCancelledAndRetried() {
        JobId id = enqueued("changed", "{\"text\":\"x\"}", 3_600_000L);
        assertThat(api.cancel(id).state()).isEqualTo(JobState.CANCELLED);
        assertThat(api.retry(id).state()).isIn(JobState.AVAILABLE, JobState.RUNNING, JobState.COMPLETED);
    }

    @Test
    void jobsAreAmended() {
        JobId id = enqueued("amended", "{\"text\":\"x\"}", 3_600_000L);
        RawJson other = new RawJson("{\"text\": \"\u00e4\"}".getBytes(UTF_8));

        assertThat(api.reprioritise(id, new ReprioritiseJob(1)).priority()).isEqualTo(1);
        assertThat(api.move(id, new MoveJob(new QueueName("elsewhere"))).queue())
                .isEqualTo(new QueueName("elsewhere"));
        assertThat(api.replacePayload(id, new ReplacePayload(other)).payload().text())
                .isEqualTo("{\"text\": \"\u00e4\"}");
        assertThat(api.reschedule(id, new RescheduleJob(null, 7_200_000L)).state())
                .isEqualTo(JobState.SCHEDULED);
        assertThatThrownBy(() -> api.reprioritise(id, new ReprioritiseJob(10)))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("priority is 10; allowed: a whole number from 0 to 9");
    }

    @Test
    void queuesArePausedAndResumed() {
        enqueued("paused", "1", 3_600_000L);
        assertThat(api.pause(new QueueName("paused")).paused()).isTrue();
        assertThat(api.queues(QueueFilter.FIRST).queues())
                .filteredOn(QueueView::paused)
                .extracting(queue -> queue.name().value())
                .containsExactly("paused");
        assertThat(api.resume(new QueueName("paused")).paused()).isFalse();
        assertThat(api.stats().version()).isEqualTo("test");
    }

    @Test
    void queuesAreReadPageByPage() {
        for (String queue : List.of("page-a", "page-b", "page-c")) {
            enqueued(queue, "1", 3_600_000L);
        }
        QueuePage first = api.queues(new QueueFilter("page-", 2));
        assertThat(first.queues()).extracting(queue -> queue.name().value()).containsExactly("page-a", "page-b");
        QueuePage second = api.queues(new QueueFilter(first.next(), 1_000));
        assertThat(second.queues()).extracting(queue -> queue.name().value()).startsWith("page-c");
        assertThat(second.next()).isNull();
    }

    @Test
    void aRefusalComesWithEverythingTheServerSaid() {
        assertThatThrownBy(() -> api.cancel(JobId.of(7, 7, 7))).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.problem().status()).isEqualTo(404);
            assertThat(e.problem().code()).isEqualTo("JOB_NOT_FOUND");
        });
        EnqueueJob urgent = new EnqueueJob(null, new KindName("note"), null, 99, null, null, null, null, null);
        assertThatThrownBy(() -> api.enqueue(List.of(urgent), null)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.problem().field()).isEqualTo("priority");
            assertThat(e.problem().allowed()).isEqualTo("a whole number from 0 to 9");
        });
    }

    @Test
    void aRealServerAskedWithTlsIsToldOf() {
        String https = server.uri().toString().replace("http:", "https:");
        try (HttpLeatApi encrypted = new HttpLeatApi(ClientConfig.at(URI.create(https)))) {
            assertThatThrownBy(encrypted::stats)
                    .isInstanceOfSatisfying(
                            ApiException.class,
                            e -> assertThat(e.problem().code()).isEqualTo("SERVER_UNREACHABLE"))
                    .hasMessageContaining("try http://127.0.0.1:" + server.port());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "a\nb: c", "\u00e4"})
    void aKeyThatIsNoneIsRefused(String key) {
        assertThatThrownBy(() -> api.enqueue(List.of(job("keys", "1", null)), key))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.problem().code()).isEqualTo("IDEMPOTENCY_KEY_INVALID"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://host",
                "host:80",
                "/path",
                "http:///path",
                "http://user:secret@host",
                "http://host?q",
                "http://host#f"
            })
    void aUrlThatIsNoServersIsRefusedWithoutShowingIt(String url) {
        assertThatThrownBy(() -> ClientConfig.at(URI.create(url)))
                .isInstanceOf(InvalidValueException.class)
                .message()
                .startsWith("server is no http or https URL")
                .doesNotContain("secret");
    }
}
