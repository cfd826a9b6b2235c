package dev.leat.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KeyBusyException;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Due;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.server.local.Problems;
import dev.leat.wire.EnqueueAnswer;
import dev.leat.wire.EnqueueStatus;
import dev.leat.wire.EnqueuedJob;
import dev.leat.wire.JobHeadView;
import dev.leat.wire.JobPage;
import dev.leat.wire.JobView;
import dev.leat.wire.Problem;
import dev.leat.wire.PruneAnswer;
import dev.leat.wire.QueuePage;
import dev.leat.wire.QueueView;
import dev.leat.wire.Stats;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class HttpApiTest {
    private ServerRig rig = new ServerRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private JobId enqueue(String json) throws Exception {
        HttpResponse<String> response = rig.post("/api/v1/jobs", json);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return rig.read(response, EnqueueAnswer.class).jobs().getFirst().id();
    }

    private JobView job(JobId id) throws Exception {
        return rig.read(rig.get("/api/v1/jobs/" + id), JobView.class);
    }

    private JobView await(JobId id, JobState state) {
        return Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> job(id), job -> job.state() == state);
    }

    private Problem problem(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).contains(Problem.MEDIA_TYPE);
        Problem problem = rig.read(response, Problem.class);
        assertThat(problem.status()).isEqualTo(status);
        return problem;
    }

    @Test
    void aJobIsEnqueuedRunAndShownWithItsVeryBytes() throws Exception {
        String payload = "{ \"text\" : \"\\u00e4\\u2028<script>\", \"n\": 9007199254740993 }";
        JobId id = enqueue("{\"kind\":\"echo\",\"payload\":" + payload + "}");
        JobView job = await(id, JobState.COMPLETED);
        assertThat(job.payload().text()).isEqualTo(payload);
        assertThat(job.payload().contentType()).isEqualTo("application/json");
        assertThat(job.result().text()).isEqualTo("{\"text\":\"\u00e4\u2028<script>\"}");
        assertThat(job.queue().value()).isEqualTo("default");
        assertThat(job.priority()).isEqualTo(4);
        assertThat(job.maxAttempts()).isEqualTo(25);
        assertThat(job.attempt()).isEqualTo(1);
    }

    @Test
    void aFailedJobIsSeenAndRetriedAndACompletedOneIsNot() throws Exception {
        JobId id = enqueue("{\"kind\":\"broken\",\"queue\":\"mail\",\"payload\":{\"text\":\"x\"},\"maxAttempts\":1}");
        JobView failed = await(id, JobState.DISCARDED);
        assertThat(failed.failure().message()).contains("as it was told to");
        assertThat(failed.failure().detail()).contains("ServerRig");

        HttpResponse<String> retried = rig.post("/api/v1/jobs/" + id + "/retry", "{}");
        assertThat(retried.statusCode()).as(retried.body()).isEqualTo(200);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> job(id), job -> job.state() == JobState.DISCARDED && job.attempt() == 2);
        assertThat(job(id).attempts()).hasSize(1);

        JobId done = enqueue("{\"kind\":\"echo\",\"payload\":{\"text\":\"x\"}}");
        await(done, JobState.COMPLETED);
        Problem refused = problem(rig.post("/api/v1/jobs/" + done + "/retry", "{}"), 409);
        assertThat(refused.code()).isEqualTo("JOB_COMPLETED");
        assertThat(refused.message()).contains("Enqueue a new one");
    }

    @Test
    void aWaitingJobIsCancelledOnce() throws Exception {
        JobId id = enqueue("{\"kind\":\"echo\",\"payload\":{\"text\":\"x\"},\"delayMillis\":3600000}");
        assertThat(job(id).state()).isEqualTo(JobState.SCHEDULED);
        assertThat(rig.read(rig.post("/api/v1/jobs/" + id + "/cancel", ""), JobView.class)
                        .state())
                .isEqualTo(JobState.CANCELLED);
        assertThat(problem(rig.post("/api/v1/jobs/" + id + "/cancel", ""), 409).code())
                .isEqualTo("JOB_CANCELLED");
        assertThat(problem(rig.post("/api/v1/jobs/" + JobId.of(7, 7, 7) + "/cancel", ""), 404)
                        .code())
                .isEqualTo("JOB_NOT_FOUND");
    }

    @Test
    void aJobThatWaitsIsAmended() throws Exception {
        JobId id = enqueue("{\"kind\":\"echo\",\"payload\":{\"text\":\"x\"},\"delayMillis\":3600000}");

        assertThat(amended(id, "reschedule", "{\"delayMillis\":7200000}").dueAt())
                .isAfter(job(id).createdAt().plusSeconds(5_000));
        assertThat(amended(id, "reprioritise", "{\"priority\":2}").priority()).isEqualTo(2);
        assertThat(amended(id, "payload", "{\"payload\": {\"text\": \"\u00e4 1e400\"} }")
                        .payload()
                        .text())
                .isEqualTo("{\"text\": \"\u00e4 1e400\"}");
        assertThat(amended(id, "move", "{\"queue\":\"post\"}").queue().value()).isEqualTo("post");
        assertThat(amended(id, "move", "{\"queue\":\"post\"}").queue().value())
                .as("asked again")
                .isEqualTo("post");
        assertThat(job(id).state()).isEqualTo(JobState.SCHEDULED);
        amended(id, "reschedule", "{\"runAt\":\"2020-01-02T03:04:05Z\"}");

        JobView done = await(id, JobState.COMPLETED);
        assertThat(done.result().text()).isEqualTo("{\"text\":\"\u00e4 1e400\"}");
        for (String verb : AMENDMENTS.keySet()) {
            Problem refused = problem(rig.post("/api/v1/jobs/" + id + "/" + verb, AMENDMENTS.get(verb)), 409);
            assertThat(refused.code()).isEqualTo("JOB_COMPLETED");
            assertThat(problem(rig.post("/api/v1/jobs/" + JobId.of(7, 7, 7) + "/" + verb, AMENDMENTS.get(verb)), 404)
                            .code())
                    .isEqualTo("JOB_NOT_FOUND");
            assertThat(problem(rig.post("/api/v1/jobs/nonsense/" + verb, AMENDMENTS.get(verb)), 400)
                            .field())
                    .isEqualTo("id");
        }
    }

    @Test
    void anAmendmentThatIsNoneIsRefusedAndChangesNothing() throws Exception {
        JobId id = enqueue("{\"kind\":\"echo\",\"payload\":{\"text\":\"x\"},\"delayMillis\":3600000}");
        JobView before = job(id);
        String large = "\"" + "x".repeat(Payload.MAX_BYTES - 1) + "\"";

        refused(id, "reschedule", "{}", 400, "FIELD_MISSING", "runAt");
        refused(id, "reschedule", "{\"delayMillis\":-1}", 400, "OUT_OF_RANGE", "delayMillis");
        refused(id, "reschedule", "{\"runAt\":\"1999-01-01T00:00:00Z\"}", 400, "OUT_OF_RANGE", "runAt");
        refused(
                id,
                "reschedule",
                "{\"runAt\":\"2030-01-01T00:00:00Z\",\"delayMillis\":1}",
                400,
                "FIELDS_EXCLUDE_EACH_OTHER",
                "runAt");
        refused(id, "reprioritise", "{}", 400, "FIELD_MISSING", "priority");
        refused(id, "reprioritise", "{\"priority\":10}", 400, "OUT_OF_RANGE", "priority");
        refused(id, "move", "{}", 400, "FIELD_MISSING", "queue");
        refused(id, "move", "{\"queue\":\"No Queue\"}", 400, "NAME_INVALID", "queue");
        refused(id, "payload", "{}", 400, "FIELD_MISSING", "payload");
        refused(id, "payload", "{\"payload\":" + large + "}", 413, "PAYLOAD_TOO_LARGE", "payload");
        for (String verb : AMENDMENTS.keySet()) {
            String path = "/api/v1/jobs/" + id + "/" + verb;
            assertThat(rig.post(path, "{\"payload\":{").statusCode()).isEqualTo(400);
            assertThat(rig.post(path, "{\"colour\":1}").statusCode()).isEqualTo(400);
            assertThat(rig.post(path, "[]").statusCode()).isEqualTo(400);
            assertThat(rig.post(path, "").statusCode()).isEqualTo(400);
            assertThat(rig.post(path + "?also=1", AMENDMENTS.get(verb)).statusCode())
                    .isEqualTo(400);
        }

        assertThat(job(id)).isEqualTo(before);
    }

    private static final Map<String, String> AMENDMENTS = Map.of(
            "reschedule", "{\"delayMillis\":0}",
            "reprioritise", "{\"priority\":1}",
            "move", "{\"queue\":\"post\"}",
            "payload", "{\"payload\":null}");

    private JobView amended(JobId id, String verb, String change) throws Exception {
        return rig.read(rig.post("/api/v1/jobs/" + id + "/" + verb, change), JobView.class);
    }

    private void refused(JobId id, String verb, String change, int status, String code, String field) throws Exception {
        Problem problem = problem(rig.post("/api/v1/jobs/" + id + "/" + verb, change), status);
        assertThat(problem.code()).as(problem.message()).isEqualTo(code);
        assertThat(problem.field()).isEqualTo(field);
        assertThat(problem.allowed()).isNotBlank();
    }

    @Test
    void historyIsPrunedAPartAtACall() throws Exception {
        // Nobody prunes here by himself.
        try (ServerRig idle = new ServerRig(Map.of("LEAT_WORKER_ENABLED", "false"))) {
            Operate operate = idle.jobs.feature(Operate.class).orElseThrow();
            for (int from : List.of(0, 5_500)) {
                List<NewJob> jobs = IntStream.range(from, from + 5_500)
                        .mapToObj(HttpApiTest::cancellable)
                        .toList();
                idle.jobs.enqueue(jobs);
                operate.cancel(TenantName.MAIN, jobs.stream().map(NewJob::id).toList());
            }
            idle.clock.advance(Duration.ofDays(8));

            assertThat(pruned(idle, "{\"dryRun\":true}")).isEqualTo(new PruneAnswer(0, 0, 11_000, false));
            assertThat(pruned(idle, "{}")).isEqualTo(new PruneAnswer(0, 0, 10_000, true));
            assertThat(pruned(idle, "{\"goOn\":true}")).isEqualTo(new PruneAnswer(0, 0, 1_000, false));
            assertThat(problem(idle.post("/api/v1/prune", "{\"dryRun\":1}"), 400)
                            .field())
                    .isEqualTo("dryRun");
        }
    }

    private static NewJob cancellable(int i) {
        return new NewJob(
                new JobId(i + 1),
                i,
                new Lane(TenantName.MAIN, QueueName.DEFAULT, new KindName("nobody")),
                Payload.json("1"),
                4,
                1,
                Due.now());
    }

    private static PruneAnswer pruned(ServerRig rig, String body) throws Exception {
        return rig.read(rig.post("/api/v1/prune", body), PruneAnswer.class);
    }

    @Test
    void aPausedQueueKeepsItsJobsUntilItIsResumed() throws Exception {
        assertThat(rig.read(rig.post("/api/v1/queues/mail/pause", ""), QueueView.class)
                        .paused())
                .isTrue();
        JobId waits = enqueue("{\"kind\":\"echo\",\"queue\":\"mail\",\"payload\":{\"text\":\"x\"}}");
        JobId runs = enqueue("{\"kind\":\"echo\",\"queue\":\"post\",\"payload\":{\"text\":\"x\"}}");
        await(runs, JobState.COMPLETED);
        assertThat(job(waits).state()).isEqualTo(JobState.AVAILABLE);
        QueuePage queues = rig.read(rig.get("/api/v1/queues"), QueuePage.class);
        assertThat(queues.queues())
                .filteredOn(QueueView::paused)
                .extracting(queue -> queue.name().value())
                .containsExactly("mail");
        assertThat(rig.read(rig.post("/api/v1/queues/mail/resume", ""), QueueView.class)
                        .paused())
                .isFalse();
        await(waits, JobState.COMPLETED);
    }

    @Test
    void pagesFollowEachOtherNewestFirstWithoutGapOrDouble() throws Exception {
        StringBuilder many = new StringBuilder("[");
        for (int i = 0; i < 130; i++) {
            many.append(i == 0 ? "" : ",").append("{\"kind\":\"k").append(i % 2).append("\",\"queue\":\"q\"}");
        }
        EnqueueAnswer answer = rig.read(rig.post("/api/v1/jobs", many + "]"), EnqueueAnswer.class);
        assertThat(answer.jobs()).hasSize(130);
        List<JobId> seen = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            JobPage page = rig.read(rig.get("/api/v1/jobs?limit=40&queue=q&cursor=" + cursor), JobPage.class);
            page.jobs().stream().map(JobHeadView::id).forEach(seen::add);
            cursor = page.next();
        }
        assertThat(seen)
                .containsExactlyElementsOf(
                        answer.jobs().reversed().stream().map(each -> each.id()).toList());
        assertThat(rig.read(rig.get("/api/v1/jobs?kind=k1&state=available,running&limit=100"), JobPage.class)
                        .jobs())
                .hasSize(65);
        assertThat(rig.read(rig.get("/api/v1/jobs?state=completed"), JobPage.class)
                        .jobs())
                .isEmpty();
    }

    @Test
    void pagesOfQueuesFollowEachOtherByName() throws Exception {
        List<String> names = List.of("a", "b", "c", "d", "e");
        for (String name : names) {
            enqueue("{\"kind\":\"nobody\",\"queue\":\"" + name + "\"}");
        }
        List<String> seen = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            QueuePage page = rig.read(rig.get("/api/v1/queues?limit=2&cursor=" + cursor), QueuePage.class);
            assertThat(page.queues()).hasSizeBetween(1, 2);
            page.queues().forEach(queue -> seen.add(queue.name().value()));
            cursor = page.next();
        }
        assertThat(seen).isEqualTo(names);
        assertThat(problem(rig.get("/api/v1/queues?limit=1001"), 400).field()).isEqualTo("limit");
        assertThat(problem(rig.get("/api/v1/queues?cursor=A"), 400).code()).isEqualTo("CURSOR_INVALID");
        assertThat(rig.read(rig.get("/api/v1/stats"), Stats.class).queues()).isEqualTo(5);
    }

    @Test
    void theSameIdempotencyKeyEnqueuesOnce() throws Exception {
        String one = "{\"kind\":\"nobody\",\"payload\":1}";
        EnqueueAnswer first = rig.read(rig.post("/api/v1/jobs", one, "Idempotency-Key", "k-1"), EnqueueAnswer.class);
        EnqueueAnswer again = rig.read(rig.post("/api/v1/jobs", one, "Idempotency-Key", "k-1"), EnqueueAnswer.class);
        EnqueueAnswer other = rig.read(rig.post("/api/v1/jobs", one, "Idempotency-Key", "k-2"), EnqueueAnswer.class);
        assertThat(again.jobs().getFirst().id())
                .isEqualTo(first.jobs().getFirst().id());
        assertThat(again.jobs().getFirst().status()).isEqualTo(EnqueueStatus.DUPLICATE);
        assertThat(other.jobs().getFirst().id())
                .isNotEqualTo(first.jobs().getFirst().id());
        String different = "{\"kind\":\"nobody\",\"payload\":2}";
        assertThat(problem(rig.post("/api/v1/jobs", different, "Idempotency-Key", "k-1"), 409)
                        .code())
                .isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(problem(rig.post("/api/v1/jobs", one, "Idempotency-Key", "k".repeat(256)), 400)
                        .field())
                .isEqualTo("Idempotency-Key");
        rig.clock.advance(Duration.ofHours(24));
        EnqueueAnswer later = rig.read(rig.post("/api/v1/jobs", one, "Idempotency-Key", "k-1"), EnqueueAnswer.class);
        assertThat(later.jobs().getFirst().status()).isEqualTo(EnqueueStatus.ACCEPTED);
    }

    @Test
    void aJobWhoseUniqueKeyIsHeldIsAnsweredWithItsHolder() throws Exception {
        String one = "{\"kind\":\"nobody\",\"uniqueKey\":\"order-7\",\"uniqueMillis\":3600000}";
        JobId holder = enqueue(one);

        EnqueueAnswer held = rig.read(rig.post("/api/v1/jobs", "[" + one + "," + one + "]"), EnqueueAnswer.class);

        assertThat(held.jobs())
                .containsExactly(
                        new EnqueuedJob(holder, EnqueueStatus.HELD), new EnqueuedJob(holder, EnqueueStatus.HELD));
        rig.clock.advance(Duration.ofHours(1));
        assertThat(enqueue(one)).isNotEqualTo(holder);
    }

    @Test
    void uniqueKeysAreCheckedBeforeAnythingIsStored() throws Exception {
        Map<String, String> wrong = Map.of(
                "\"uniqueKey\":\"\"",
                "uniqueKey",
                "\"uniqueKey\":\"" + "x".repeat(257) + "\"",
                "uniqueKey",
                "\"uniqueKey\":\"a\\u0000\"",
                "uniqueKey",
                "\"uniqueKey\":\"k\",\"uniqueMillis\":999",
                "uniqueMillis",
                "\"uniqueKey\":\"k\",\"uniqueMillis\":31536000001",
                "uniqueMillis",
                "\"uniqueMillis\":1000",
                "uniqueKey");
        for (Map.Entry<String, String> each : wrong.entrySet()) {
            Problem refused = problem(rig.post("/api/v1/jobs", "{\"kind\":\"nobody\"," + each.getKey() + "}"), 400);
            assertThat(refused.field()).isEqualTo(each.getValue());
            assertThat(refused.allowed()).isNotBlank();
        }
        assertThat(rig.read(rig.get("/api/v1/jobs"), JobPage.class).jobs()).isEmpty();
    }

    @Test
    void theSameIdempotencyKeyWithAnotherUniqueKeyIsAnotherCall() throws Exception {
        String key = "{\"kind\":\"nobody\",\"uniqueKey\":\"%s\"}";
        rig.post("/api/v1/jobs", key.formatted("a"), "Idempotency-Key", "k-1");

        assertThat(problem(rig.post("/api/v1/jobs", key.formatted("b"), "Idempotency-Key", "k-1"), 409)
                        .code())
                .isEqualTo("IDEMPOTENCY_KEY_REUSED");
        EnqueueAnswer again =
                rig.read(rig.post("/api/v1/jobs", key.formatted("a"), "Idempotency-Key", "k-1"), EnqueueAnswer.class);
        assertThat(again.jobs().getFirst().status()).isEqualTo(EnqueueStatus.DUPLICATE);
    }

    @Test
    void aBusyKeyIsAConflictToAskAgainAfter() {
        Problem busy = Problems.of(new KeyBusyException("a job with unique key \"k\" is being enqueued", null));

        assertThat(busy.status()).isEqualTo(409);
        assertThat(busy.code()).isEqualTo("KEY_BUSY");
        assertThat(busy.message()).contains("\"k\"").contains("Nothing was stored; ask again");
    }

    @Test
    void healthMetricsAndStatsTellOfTheWhole() throws Exception {
        JobId id = enqueue("{\"kind\":\"echo\",\"payload\":{\"text\":\"x\"}}");
        await(id, JobState.COMPLETED);
        assertThat(rig.get("/livez").statusCode()).isEqualTo(200);
        assertThat(rig.get("/readyz").statusCode()).isEqualTo(200);
        assertThat(rig.get("/metrics").body())
                .contains("leat_jobs_entered_total{kind=\"echo\",queue=\"default\",state=\"completed\"} 1.0")
                .contains("leat_queue_jobs{queue=\"default\",state=\"completed\"} 1.0")
                .contains("jvm_memory_used_bytes");
        Stats stats = rig.read(rig.get("/api/v1/stats"), Stats.class);
        assertThat(stats.jobs().completed()).isEqualTo(1);
        assertThat(stats.store()).isEqualTo("memory");
        assertThat(stats.version()).isEqualTo("test");
    }

    @Test
    void whatIsNotThereAndWhatIsNotTakenAreProblemsToo() throws Exception {
        assertThat(problem(rig.get("/nothing"), 404).code()).isEqualTo("NOT_FOUND");
        assertThat(problem(rig.get("/api/v1/nothing"), 404).code()).isEqualTo("NOT_FOUND");
        assertThat(problem(rig.get("/api/v1/queues/mail/pause"), 405).code()).isEqualTo("METHOD_NOT_ALLOWED");
        assertThat(problem(rig.get("/api/v1/jobs?quue=x"), 400).field()).isEqualTo("quue");
        assertThat(problem(rig.get("/api/v1/jobs?limit=101"), 400).field()).isEqualTo("limit");
        assertThat(problem(rig.get("/api/v1/jobs?limit=1&limit=2"), 400).code()).isEqualTo("PARAMETER_REPEATED");
        assertThat(problem(rig.get("/api/v1/jobs?state=runing"), 400).allowed()).contains("running");
        assertThat(problem(rig.get("/api/v1/jobs?cursor=x"), 400).code()).isEqualTo("CURSOR_INVALID");
        assertThat(problem(rig.get("/api/v1/jobs/zzz"), 400).code()).isEqualTo("ID_INVALID");
        assertThat(problem(rig.post("/api/v1/jobs", "[]"), 400).field()).isEqualTo("jobs");
        assertThat(problem(rig.post("/api/v1/jobs", "[{\"kind\":\"a\"},{\"kind\":\"a\",\"maxAttempts\":0}]"), 400)
                        .field())
                .isEqualTo("[1].maxAttempts");
    }

    @Test
    void aPayloadOverTheLimitIsRefusedAndOneAtTheLimitIsNot() throws Exception {
        int most = 256 * 1024;
        String at = "\"" + "x".repeat(most - 2) + "\"";
        enqueue("{\"kind\":\"nobody\",\"payload\":" + at + "}");
        String over = "\"" + "x".repeat(most - 1) + "\"";
        Problem problem = problem(rig.post("/api/v1/jobs", "{\"kind\":\"nobody\",\"payload\":" + over + "}"), 413);
        assertThat(problem.code()).isEqualTo("PAYLOAD_TOO_LARGE");
        assertThat(problem.field()).isEqualTo("payload");
    }

    @Test
    void aBodyOverTheLimitIsRefused() throws Exception {
        rig.close();
        rig = new ServerRig(Map.of("LEAT_SERVER_MAX_BODY", "64KiB"));
        String body = "{\"kind\":\"nobody\",\"payload\":\"" + "x".repeat(70_000) + "\"}";
        assertThat(problem(rig.post("/api/v1/jobs", body), 413).code()).isEqualTo("BODY_TOO_LARGE");
        enqueue("{\"kind\":\"nobody\"}");
    }
}
