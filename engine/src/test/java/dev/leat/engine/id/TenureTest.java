package dev.leat.engine.id;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenureTest {
    private static final int ALL = JobId.MAX_COUNTER + 1;

    @Test
    void startsInItsFirstSecondAlsoWhenThatIsAhead() {
        assertThat(id(new Tenure(5, 100, 160).take(1, 100))).isEqualTo(JobId.of(100, 5, 0));
        assertThat(id(new Tenure(5, 100, 160).take(1, 98))).isEqualTo(JobId.of(100, 5, 0));
        assertThat(id(new Tenure(5, 100, 160).take(1, 130))).isEqualTo(JobId.of(130, 5, 0));
        assertThat(new Tenure(5, 100, 160).take(1, 97)).isEqualTo(Tenure.REFUSED);
    }

    @Test
    void goesOnInTheSameSecondUntilItIsFull() {
        Tenure tenure = new Tenure(2047, 100, 160);
        assertThat(id(tenure.take(ALL - 1, 100))).isEqualTo(JobId.of(100, 2047, 0));
        assertThat(id(tenure.take(1, 100))).isEqualTo(JobId.of(100, 2047, JobId.MAX_COUNTER));
        assertThat(id(tenure.take(1, 100))).isEqualTo(JobId.of(101, 2047, 0));
    }

    @Test
    void skipsTheRestOfASecondThatIsTooSmall() {
        Tenure tenure = new Tenure(0, 100, 160);
        assertThat(id(tenure.take(1, 100))).isEqualTo(JobId.of(100, 0, 0));
        assertThat(id(tenure.take(ALL, 100))).isEqualTo(JobId.of(101, 0, 0));
        assertThat(id(tenure.take(2, 100))).isEqualTo(JobId.of(102, 0, 0));
        assertThat(tenure.take(ALL, 100)).isEqualTo(Tenure.REFUSED);
        assertThat(id(tenure.take(2, 100))).isEqualTo(JobId.of(102, 0, 2));
    }

    @Test
    void neverGoesBackWhenTheClockDoes() {
        Tenure tenure = new Tenure(1, 100, 160);
        tenure.take(1, 130);
        assertThat(id(tenure.take(1, 129))).isEqualTo(JobId.of(130, 1, 1));
        assertThat(tenure.take(1, 127)).isEqualTo(Tenure.REFUSED);
        assertThat(tenure.take(1, -4_000_000_000L)).isEqualTo(Tenure.REFUSED);
    }

    @Test
    void makesNothingBehindTheConfirmedSecond() {
        Tenure tenure = new Tenure(1, 100, 160);
        assertThat(tenure.take(1, 161)).isEqualTo(Tenure.REFUSED);
        assertThat(id(tenure.take(ALL, 160))).isEqualTo(JobId.of(160, 1, 0));
        assertThat(tenure.take(1, 160)).isEqualTo(Tenure.REFUSED);
        tenure.extend(161);
        assertThat(id(tenure.take(1, 160))).isEqualTo(JobId.of(161, 1, 0));
    }

    /** Seconds that an id cannot hold must not wrap round to small ones. */
    @ParameterizedTest
    @ValueSource(longs = {1L << 32, 1L << 33, (1L << 33) + 100, 9_223_372_036L, -9_223_372_037L})
    void makesNothingInASecondThatNoIdCanHold(long now) {
        Tenure tenure = new Tenure(1, 1, JobId.MAX_SECOND);
        assertThat(tenure.take(1, now)).isEqualTo(Tenure.REFUSED);
        assertThat(tenure.take(ALL, now)).isEqualTo(Tenure.REFUSED);
        assertThat(id(tenure.take(1, JobId.MAX_SECOND))).isEqualTo(JobId.of(JobId.MAX_SECOND, 1, 0));
    }

    @Test
    void endsForEver() {
        Tenure tenure = new Tenure(1, 100, 160);
        tenure.take(1, 130);
        assertThat(tenure.end()).isEqualTo(130);
        assertThat(tenure.take(1, 130)).isEqualTo(Tenure.REFUSED);
        assertThat(tenure.hasEnded()).isTrue();
        assertThat(new Tenure(1, 100, 160).end()).isEqualTo(99);
        assertThat(Tenure.none().take(1, 130)).isEqualTo(Tenure.REFUSED);
    }

    @Test
    void keepsEveryRuleForAnyCountsAndClocks() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int number = random.nextInt(2048);
            long until = 160;
            Tenure tenure = new Tenure(number, 100, until);
            long now = 98;
            long last = 0;
            for (int i = 0; i < 500; i++) {
                now += random.nextInt(4) == 0 ? random.nextInt(7) - 3 : 0;
                if (random.nextInt(20) == 0) {
                    until += random.nextInt(10);
                    tenure.extend(until);
                }
                int count = 1 + random.nextInt(random.nextBoolean() ? 10 : ALL);
                long first = tenure.take(count, now);
                if (first == Tenure.REFUSED) {
                    continue;
                }
                JobId from = id(first);
                JobId to = id(first + count - 1);
                assertThat(first).as("seed %d", seed).isGreaterThan(last);
                assertThat(from.node()).isEqualTo(number);
                assertThat(to.node()).isEqualTo(number);
                assertThat(to.second()).isEqualTo(from.second()).isBetween(100L, Math.min(until, now + 2));
                assertThat(from.second()).isGreaterThanOrEqualTo(now);
                last = to.value();
            }
        }
    }

    /** What {@link Tenure#end} answers bounds everything that threads took at the same time, and nothing comes after it. */
    @Test
    void endsOnceForAllThreads() throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int round = 0; round < 300; round++) {
                Tenure tenure = new Tenure(1, 100, 1_000_000);
                Future<Long> taker = threads.submit(() -> {
                    long last = 0;
                    long now = 100;
                    for (long id = 0; id != Tenure.REFUSED; id = tenure.take(ALL, now)) {
                        last = Math.max(last, id);
                        now++;
                    }
                    return last;
                });
                Future<Long> ender = threads.submit(tenure::end);
                long last = taker.get();
                if (last > 0) {
                    assertThat(id(last).second()).isEqualTo(ender.get());
                }
            }
        }
    }

    private static JobId id(long value) {
        return new JobId(value);
    }
}
