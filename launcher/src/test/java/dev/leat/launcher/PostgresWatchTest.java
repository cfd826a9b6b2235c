package dev.leat.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PostgresWatchTest {
    @Test
    void whatDiesAgainAndAgainIsStartedEverMoreRarely() {
        assertThat(IntStream.range(0, 9).mapToObj(PostgresWatch::pause).map(Duration::toSeconds))
                .containsExactly(0L, 1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
        assertThat(PostgresWatch.pause(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(30));
    }
}
