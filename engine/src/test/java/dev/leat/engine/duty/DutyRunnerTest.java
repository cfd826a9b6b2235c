package dev.leat.engine.duty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.StoreException;
import dev.leat.engine.rig.Gate;
import dev.leat.engine.rig.SteppedClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.awaitility.Awaitility;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DutyRunnerTest {
    private static final Pace PACE = new Pace(Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(8));

    private final SteppedClock clock = new SteppedClock();
    private final AtomicInteger calls = new AtomicInteger();
    private final CompletableFuture<Thread> thread = new CompletableFuture<>();
    private DutyRunner runner;

    @AfterEach
    void close() {
        runner.close();
    }

    /** @param work what a call does, by its number from 1 */
    private void run(IntUnaryOperator work) {
        runner = DutyRunner.start(
                "test",
                () -> {
                    thread.complete(Thread.currentThread());
                    return work.applyAsInt(calls.incrementAndGet());
                },
                PACE,
                clock);
    }

    private static int fail() {
        throw new StoreException("down", StoreException.Effect.NONE, new IOException());
    }

    private void looksTwice() {
        long before = clock.looks();
        Awaitility.await().until(() -> clock.looks() >= before + 2);
    }

    @Test
    void itRunsAgainAtOnceWhileThereIsWorkAndPausesWhenThereIsNone() throws Exception {
        run(call -> call <= 5 ? 3 : 0);
        assertThat(clock.nextWait()).isBetween(Duration.ofMillis(7_500), Duration.ofMillis(12_500));
        assertThat(calls).hasValue(6);
        looksTwice();
        assertThat(calls).as("while the pause lasts").hasValue(6);
        clock.advance(Duration.ofMillis(12_500));
        clock.nextWait();
        assertThat(calls).hasValue(7);
    }

    @Test
    void whileOthersAreInTheWayItAsksAgainSoonAndThenEverMoreRarely() throws Exception {
        run(call -> call <= 20 ? Duty.CONTENDED : 0);
        for (long millis = 1; millis < 4_096; millis *= 2) {
            Duration wait = clock.nextWait();
            assertThat(wait).isBetween(Duration.ofMillis(millis), Duration.ofMillis(2 * millis));
            clock.advance(wait);
        }
        for (int i = 0; i < 8; i++) {
            Duration wait = clock.nextWait();
            assertThat(wait).isBetween(Duration.ofMillis(4_096), Duration.ofMillis(12_500));
            clock.advance(wait);
        }
        assertThat(clock.nextWait()).isGreaterThan(Duration.ofMillis(7_499));
        assertThat(calls).hasValue(21);
    }

    @Test
    void whatIsBetterDoneSoonIsDoneAfterSomeMilliseconds() throws Exception {
        run(call -> call <= 3 ? Duty.SOON : 0);
        for (int i = 0; i < 3; i++) {
            Duration wait = clock.nextWait();
            assertThat(wait).isEqualTo(Duration.ofMillis(5));
            clock.advance(wait);
        }
        assertThat(clock.nextWait()).isGreaterThan(Duration.ofMillis(7_499));
        assertThat(calls).hasValue(4);
    }

    @Test
    void aWakeUpEndsAPause() throws Exception {
        run(call -> 0);
        clock.nextWait();
        runner.wake();
        Awaitility.await().untilAtomic(calls, Matchers.is(2));
        looksTwice();
        assertThat(calls).as("once").hasValue(2);
    }

    @Test
    void aWakeUpDuringAStepHasThePauseLeftOut() throws Exception {
        Gate gate = new Gate();
        run(call -> {
            if (call == 1) {
                gate.passStubbornly();
            }
            return 0;
        });
        gate.awaitArrivals(1);
        runner.wake();
        gate.open();
        clock.nextWait();
        assertThat(calls).hasValue(2);
    }

    @Test
    void aWakeUpDoesNotEndABackOff() throws Exception {
        run(call -> call == 1 ? fail() : 0);
        clock.nextWait();
        runner.wake();
        looksTwice();
        assertThat(calls).hasValue(1);
        clock.advance(Duration.ofSeconds(1));
        clock.nextWait();
        assertThat(calls).hasValue(2);
    }

    @Test
    void failuresBackOffUpToTheMostAndTheFirstSuccessEndsThem() throws Exception {
        run(call -> call <= 6 ? fail() : 0);
        for (int seconds : new int[] {1, 2, 4, 8, 8, 8}) {
            Duration wait = clock.nextWait();
            assertThat(wait).isBetween(Duration.ofMillis(500L * seconds), Duration.ofSeconds(seconds));
            clock.advance(wait);
        }
        assertThat(clock.nextWait()).isGreaterThan(Duration.ofMillis(7_499));
        assertThat(calls).hasValue(7);
    }

    /** A process that lives on without one of its duties looks well and does nothing. */
    @ParameterizedTest
    @ValueSource(classes = {StackOverflowError.class, AssertionError.class, NoClassDefFoundError.class})
    void anErrorIsAFailureLikeAnyOther(Class<? extends Error> kind) throws Exception {
        Error error = kind.getConstructor().newInstance();
        run(call -> {
            if (call == 1) {
                throw error;
            }
            return 0;
        });
        clock.advance(clock.nextWait());
        clock.nextWait();
        assertThat(calls).hasValue(2);
    }

    /** An outage fails every duty of every node, and says all that there is to say in its message. */
    @Test
    void aStoreThatIsAwayIsLoggedInOneLineAndWhatNobodyExpectedWithItsStack() throws Exception {
        Path log = Path.of(System.getProperty("org.slf4j.simpleLogger.logFile"));
        run(call -> call == 1 ? fail() : 0);
        clock.nextWait();
        String said = lastSaid(log, "test failed 1 times, and tries again: down");
        assertThat(said).doesNotContain("\tat ");
        runner.close();

        run(call -> {
            throw new IllegalStateException("a bug");
        });
        clock.nextWait();
        assertThat(lastSaid(log, "test failed 1 times, and tries again: a bug")).contains("\tat ");
    }

    /** What the log has from the last line on that says so. */
    private static String lastSaid(Path log, String words) throws IOException {
        String all = Files.readString(log);
        assertThat(all).contains(words);
        return all.substring(all.lastIndexOf(words));
    }

    @Test
    void anInterruptDoesNotEndIt() throws Exception {
        run(call -> 0);
        clock.nextWait();
        thread.get(1, TimeUnit.MINUTES).interrupt();
        clock.nextWait();
        assertThat(calls).hasValue(2);
        assertThat(thread.get().isAlive()).isTrue();
    }

    @Test
    void closeEndsAPauseAndABackOff() throws Exception {
        for (boolean failing : new boolean[] {false, true}) {
            run(call -> failing ? fail() : 0);
            clock.nextWait();
            runner.close();
            assertThat(thread.get(1, TimeUnit.MINUTES).isAlive()).isFalse();
        }
    }

    /** What a step waits for that was not there the last time may never come. */
    @Test
    void closeInterruptsAStepThatFollowsAFailure() throws Exception {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Gate gate = new Gate();
        run(call -> {
            if (call == 1) {
                return fail();
            }
            try {
                gate.pass();
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
            return 0;
        });
        clock.advance(clock.nextWait());
        gate.awaitArrivals(1);
        Thread closer = Thread.ofPlatform().start(runner::close);
        try {
            assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            gate.open();
            closer.join();
        }
    }

    @Test
    void closeReturnsWhenTheStepUnderWayIsDone() throws Exception {
        Gate gate = new Gate();
        run(call -> {
            gate.passStubbornly();
            return 1;
        });
        gate.awaitArrivals(1);
        Thread closer = Thread.ofPlatform().start(runner::close);
        Awaitility.await().until(() -> closer.getState() == Thread.State.WAITING);
        gate.open();
        closer.join();
        assertThat(calls).as("and no further step is done").hasValue(1);
        assertThat(thread.get(1, TimeUnit.MINUTES).isAlive()).isFalse();
    }
}
