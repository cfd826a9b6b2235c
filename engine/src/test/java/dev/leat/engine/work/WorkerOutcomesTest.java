package dev.leat.engine.work;

import static dev.leat.engine.work.WorkerRig.NOTE;
import static dev.leat.engine.work.WorkerRig.handlers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.ContentType;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.Failure;
import dev.leat.api.store.JobRecord;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.handler.Handler;
import dev.leat.engine.handler.JobContext;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.handler.JobSignal;
import dev.leat.engine.handler.RetryPolicy;
import dev.leat.engine.work.WorkerRig.Note;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a job when its handler returns, fails, asks for something else, or cannot even be called. */
@Timeout(120)
class WorkerOutcomesTest {
    private final WorkerRig rig = new WorkerRig();

    record Mail(String to, List<String> lines, Map<String, Integer> sizes, Instant at, long number) {}

    @Test
    void aJobRunsAndItsResultIsKept() {
        JobId id = rig.enqueue("hello");
        Worker worker = rig.worker(
                (note, job) -> job.result(Map.of("length", note.text().length())));
        rig.tickUntil(worker, id, JobState.COMPLETED);
        JobRecord done = rig.find(id);
        assertThat(new String(Objects.requireNonNull(done.result()).bytes(), UTF_8))
                .isEqualTo("{\"length\":5}");
        assertThat(done.result().contentType()).isEqualTo(ContentType.JSON);
        assertThat(done.attempt()).isEqualTo(1);
        assertThat(done.attempts()).isEmpty();
        assertThat(done.failure()).isNull();
    }

    @Test
    void theLastResultIsTheOneThatIsKeptAndBytesAreKeptAsTheyAre() {
        Payload picture = Payload.of(new byte[] {0, -1, 7}, ContentType.BYTES);
        JobId id = rig.enqueue("hello");
        Worker worker = rig.worker((note, job) -> {
            job.result("first");
            job.result(picture);
        });
        rig.tickUntil(worker, id, JobState.COMPLETED);
        assertThat(rig.find(id).result()).isEqualTo(picture);
    }

    @Test
    void aHandlerGetsThePayloadThatWasEnqueuedAndKnowsItsJob() throws Exception {
        JobKind<Mail> kind =
                JobKind.of("mail", Mail.class).withMaxAttempts(7).in("post").withPriority(2);
        Mail mail = new Mail(
                "a\u0000\ud83d\ude00\u2028",
                List.of("", "x"),
                Map.of("b", 1, "a", 2),
                Instant.parse("2026-02-28T23:59:59.123456789Z"),
                Long.MIN_VALUE);
        CompletableFuture<Mail> seen = new CompletableFuture<>();
        CompletableFuture<JobContext> told = new CompletableFuture<>();
        JobId id = rig.client.enqueue(kind, mail).id();
        Worker worker = rig.worker(WorkerConfig.DEFAULT.withQueues("post"), handlers(kind, (payload, job) -> {
            seen.complete(payload);
            told.complete(job);
        }));
        rig.tickUntil(worker, id, JobState.COMPLETED);
        assertThat(seen.get(1, TimeUnit.MINUTES)).isEqualTo(mail);
        JobContext job = told.get(1, TimeUnit.MINUTES);
        assertThat(job.id()).isEqualTo(id);
        assertThat(job.lane()).isEqualTo(rig.find(id).lane());
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(job.maxAttempts()).isEqualTo(7);
    }

    @Test
    void aFailedAttemptIsTriedAgainAfterItsBackOffAndItsReasonIsKept() {
        RetryPolicy policy = new RetryPolicy(Duration.ofMinutes(10), 2, Duration.ofHours(5), true);
        JobKind<Note> kind = NOTE.withRetry(policy);
        AtomicInteger runs = new AtomicInteger();
        JobId id = rig.client.enqueue(kind, new Note("x")).id();
        Worker worker = rig.worker(WorkerConfig.DEFAULT, handlers(kind, (note, job) -> {
            if (runs.incrementAndGet() < 3) {
                throw new IOException("no route to mill " + job.attempt());
            }
        }));

        rig.tickUntil(worker, id, JobState.RETRYABLE);
        JobRecord failed = rig.find(id);
        assertThat(failed.attempts()).hasSize(1);
        assertThat(failed.attempts().getFirst().ended()).isEqualTo(Ended.FAILED);
        Failure why = Objects.requireNonNull(failed.attempts().getFirst().failure());
        assertThat(why.message()).isEqualTo("no route to mill 1");
        assertThat(why.detail())
                .startsWith("java.io.IOException: no route to mill 1")
                .contains("WorkerOutcomesTest");
        Duration wait = Duration.between(failed.attempts().getFirst().endedAt(), failed.dueAt());
        assertThat(wait).isBetween(Duration.ZERO, Duration.ofMinutes(11));

        rig.advance(Duration.ofMinutes(11));
        rig.tickUntil(worker, () -> rig.find(id).attempts().size() == 2);
        JobRecord again = rig.find(id);
        wait = Duration.between(again.attempts().get(1).endedAt(), again.dueAt());
        assertThat(wait).isBetween(Duration.ZERO, Duration.ofMinutes(21));

        rig.advance(Duration.ofMinutes(21));
        rig.tickUntil(worker, id, JobState.COMPLETED);
        assertThat(rig.find(id).attempt()).isEqualTo(3);
    }

    @Test
    void aRetryIsNeverEarly() {
        JobKind<Note> kind = NOTE.withRetry(RetryPolicy.fixed(Duration.ofHours(2)));
        AtomicInteger runs = new AtomicInteger();
        JobId id = rig.client.enqueue(kind, new Note("x")).id();
        Worker worker = rig.worker(WorkerConfig.DEFAULT, handlers(kind, (note, job) -> {
            runs.incrementAndGet();
            throw new IOException("not yet");
        }));
        rig.tickUntil(worker, id, JobState.RETRYABLE);
        rig.advance(Duration.ofHours(1));
        worker.tick();
        assertThat(rig.state(id)).isEqualTo(JobState.RETRYABLE);
        assertThat(runs).hasValue(1);
        rig.advance(Duration.ofHours(1));
        rig.tickUntil(worker, () -> runs.get() == 2);
    }

    @Test
    void theLastFailedAttemptDiscardsTheJobWithItsReason() {
        JobKind<Note> kind = NOTE.withMaxAttempts(2).withRetry(RetryPolicy.fixed(Duration.ZERO));
        JobId id = rig.client.enqueue(kind, new Note("x")).id();
        Worker worker = rig.worker(WorkerConfig.DEFAULT, handlers(kind, (note, job) -> {
            throw new IllegalStateException("attempt " + job.attempt());
        }));
        rig.tickUntil(worker, id, JobState.DISCARDED);
        JobRecord given = rig.find(id);
        assertThat(given.attempt()).isEqualTo(2);
        assertThat(Objects.requireNonNull(given.failure()).message()).isEqualTo("attempt 2");
        assertThat(given.failure().detail()).contains("IllegalStateException");
    }

    @Test
    void aSnoozedJobComesBackLaterWithoutAnAttemptLost() {
        AtomicInteger runs = new AtomicInteger();
        JobId id = rig.enqueue("x");
        Worker worker = rig.worker((note, job) -> {
            if (runs.incrementAndGet() == 1) {
                throw JobSignal.snooze(Duration.ofHours(3));
            }
        });
        rig.tickUntil(worker, id, JobState.SCHEDULED);
        assertThat(rig.find(id).attempt()).isZero();
        assertThat(rig.find(id).attempts().getFirst().ended()).isEqualTo(Ended.SNOOZED);
        rig.advance(Duration.ofHours(3));
        rig.tickUntil(worker, id, JobState.COMPLETED);
        assertThat(rig.find(id).attempt()).isEqualTo(1);
    }

    @Test
    void aHandlerMaySayWhenItsFailedAttemptIsTriedAgain() {
        JobId id = rig.enqueue("hello");
        Worker worker = rig.worker((note, job) -> {
            throw JobSignal.retry(Duration.ofHours(3), "come back later");
        });
        rig.tickUntil(worker, id, JobState.RETRYABLE);
        JobRecord job = rig.find(id);
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(job.attempts()).extracting(each -> each.failure().message()).containsExactly("come back later");
        assertThat(Duration.between(job.attempts().getLast().endedAt(), job.dueAt()))
                .isBetween(Duration.ofHours(3), Duration.ofHours(3).plusMinutes(1));
    }

    @Test
    void thereIsNoAttemptAfterTheLastWhateverTheHandlerAsksFor() {
        JobKind<Note> once = NOTE.withMaxAttempts(1);
        JobId id = rig.client.enqueue(once, new Note("hello")).id();
        Worker worker = rig.worker((note, job) -> {
            throw JobSignal.retry(Duration.ZERO, "again");
        });
        rig.tickUntil(worker, id, JobState.DISCARDED);
        assertThat(rig.find(id).failure()).isEqualTo(Failure.of("again"));
    }

    @Test
    void aHandlerMayGiveUpOrCallOff() {
        JobId given = rig.enqueue("discard");
        JobId called = rig.enqueue("cancel");
        Worker worker = rig.worker((note, job) -> {
            throw note.text().equals("discard") ? JobSignal.discard("no such mill") : JobSignal.cancel("not wanted");
        });
        rig.tickUntil(worker, given, JobState.DISCARDED);
        rig.tickUntil(worker, called, JobState.CANCELLED);
        assertThat(rig.find(given).failure()).isEqualTo(Failure.of("no such mill"));
        assertThat(rig.find(called).failure()).isEqualTo(Failure.of("not wanted"));
    }

    @Test
    void aSignalWithoutReasonIsASignalStill() {
        JobId given = rig.enqueue("x");
        Worker worker = rig.worker((note, job) -> {
            throw JobSignal.discard("");
        });
        rig.tickUntil(worker, given, JobState.DISCARDED);
        assertThat(rig.find(given).failure()).isEqualTo(Failure.of("no reason given"));
    }

    static Stream<Handler<Note>> unusualFailures() {
        return Stream.of(
                (note, job) -> endless(0),
                (note, job) -> {
                    throw new AssertionError("never so");
                },
                (note, job) -> {
                    throw new OutOfMemoryError("none left");
                },
                (note, job) -> {
                    throw new InterruptedException();
                },
                (note, job) -> {
                    throw new MuteException(null);
                },
                (note, job) -> {
                    throw new MuteException("");
                },
                (note, job) -> {
                    throw new WildException();
                },
                (note, job) -> {
                    throw JobSignal.snooze(Duration.ofDays(10_000));
                },
                (note, job) -> job.result(new byte[300 * 1024]),
                (note, job) -> job.result(new Knot()));
    }

    /** Whatever is thrown is this job's failure, and the worker goes on. */
    @ParameterizedTest
    @MethodSource("unusualFailures")
    void anythingThrownIsTheJobsFailure(Handler<Note> bad) {
        JobId broken = rig.enqueue("bad");
        Worker worker = rig.worker(
                WorkerConfig.DEFAULT.withSlots(1),
                handlers(NOTE.withRetry(RetryPolicy.fixed(Duration.ofHours(1))), (note, job) -> {
                    if (note.text().equals("bad")) {
                        bad.handle(note, job);
                    }
                }));
        rig.tickUntil(worker, broken, JobState.RETRYABLE);
        Failure why =
                Objects.requireNonNull(rig.find(broken).attempts().getFirst().failure());
        assertThat(why.message()).isNotBlank();
        JobId next = rig.enqueue("good");
        rig.tickUntil(worker, next, JobState.COMPLETED);
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int endless(int depth) {
        return 1 + endless(depth + 1);
    }

    /** Has nothing to say, not even its name. */
    private static final class MuteException extends Exception {
        MuteException(String message) {
            super(message);
        }

        @Override
        @SuppressWarnings("OverrideThrowableToString") // that is what is bad about it
        public String toString() {
            return "";
        }
    }

    /** Fails when it is asked why. */
    private static final class WildException extends RuntimeException {
        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }

    /** Has no JSON form. */
    record Knot() {
        @com.fasterxml.jackson.annotation.JsonProperty
        Knot self() {
            return this;
        }
    }

    @Test
    void aResultThatCannotBeKeptIsTheCallersSlip() throws Exception {
        CompletableFuture<Throwable> tooLarge = new CompletableFuture<>();
        CompletableFuture<Throwable> noJson = new CompletableFuture<>();
        JobId id = rig.enqueue("x");
        Worker worker = rig.worker((note, job) -> {
            complete(tooLarge, () -> job.result(new byte[300 * 1024]));
            complete(noJson, () -> job.result(new Knot()));
        });
        rig.tickUntil(worker, id, JobState.COMPLETED);
        assertThat(tooLarge.get(1, TimeUnit.MINUTES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("result")
                .hasMessageContaining("at most 262144 bytes");
        assertThat(noJson.get(1, TimeUnit.MINUTES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("result");
    }

    private static void complete(CompletableFuture<Throwable> thrown, Runnable call) {
        try {
            call.run();
            thrown.completeExceptionally(new AssertionError("nothing was thrown"));
        } catch (RuntimeException e) {
            thrown.complete(e);
        }
    }

    @Test
    void aPayloadThatCannotBeReadFailsItsJobAlone() {
        rig.client.declare(NOTE);
        JobId broken = rig.client
                .enqueue(NOTE.name(), Payload.json("{\"text\":"), EnqueueOptions.DEFAULT)
                .id();
        JobId other = rig.client
                .enqueue(NOTE.name(), Payload.json("[1,2]"), EnqueueOptions.DEFAULT)
                .id();
        JobId good = rig.enqueue("good");
        Worker worker = rig.worker(
                WorkerConfig.DEFAULT.withSlots(1),
                handlers(NOTE.withRetry(RetryPolicy.fixed(Duration.ofHours(1))), (note, job) -> {}));
        rig.tickUntil(worker, good, JobState.COMPLETED);
        for (JobId id : List.of(broken, other)) {
            assertThat(rig.state(id)).isEqualTo(JobState.RETRYABLE);
            Failure why =
                    Objects.requireNonNull(rig.find(id).attempts().getFirst().failure());
            assertThat(why.message()).startsWith("Cannot read JSON as " + Note.class.getName());
        }
    }

    @Test
    void aKindOfRawPayloadsGetsItsBytesUnread() throws Exception {
        JobKind<Payload> kind = JobKind.of("raw", Payload.class);
        Payload bytes = Payload.of(new byte[] {1, 0, -128}, ContentType.BYTES);
        CompletableFuture<Payload> seen = new CompletableFuture<>();
        JobId id = rig.client.enqueue(kind, bytes).id();
        Worker worker = rig.worker(WorkerConfig.DEFAULT, handlers(kind, (payload, job) -> seen.complete(payload)));
        rig.tickUntil(worker, id, JobState.COMPLETED);
        assertThat(seen.get(1, TimeUnit.MINUTES)).isEqualTo(bytes);
    }

    @Test
    void aStoreOutsideTheHandlersDatabaseTakesNoPartInItsTransaction() {
        // A connection that nobody may touch.
        Connection connection = (Connection) Proxy.newProxyInstance(
                WorkerOutcomesTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    throw new AssertionError(method);
                });
        JobId id = rig.enqueue("hello");
        Worker worker = rig.worker((note, job) -> job.complete(connection, "done"));
        rig.tickUntil(worker, id, JobState.RETRYABLE);
        assertThat(Objects.requireNonNull(rig.find(id).attempts().getFirst().failure())
                        .message())
                .contains("transactional-completion", "\"memory\"", "\"postgres\"");
    }
}
