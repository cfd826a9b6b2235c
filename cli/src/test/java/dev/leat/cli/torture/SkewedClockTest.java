package dev.leat.cli.torture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SkewedClockTest {
    private static final long SHORT_MILLIS = 200;

    /** Says what time it is, and for how long it parked, which may be too short once or twice, but not each time. */
    static final class Parked {
        private Parked() {}

        public static void main(String[] args) {
            long longest = 0;
            for (int i = 0; i < 5; i++) {
                long from = System.nanoTime();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(SHORT_MILLIS));
                longest = Math.max(longest, System.nanoTime() - from);
            }
            System.out.println(Instant.now());
            System.out.println(TimeUnit.NANOSECONDS.toMillis(longest));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {5_120, -5_120})
    void theWallClockIsOffAndWaitsAreNot(long seconds) throws IOException, InterruptedException {
        Optional<SkewedClock> clock = SkewedClock.find();
        assumeTrue(clock.isPresent(), "libfaketime is not installed");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Parked.class.getName());
        builder.environment().putAll(clock.get().environment(Duration.ofSeconds(seconds)));
        Process process = builder.redirectErrorStream(true).start();
        String[] said = new String(process.getInputStream().readAllBytes(), UTF_8).split("\n");

        assertThat(process.waitFor()).as(String.join("\n", said)).isZero();
        assertThat(Duration.between(Instant.now(), Instant.parse(said[0])).abs())
                .isGreaterThan(Duration.ofHours(1));
        assertThat(Long.parseLong(said[1])).isGreaterThanOrEqualTo(SHORT_MILLIS);
    }
}
