package dev.leat.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What does not differ where jobs are in streams. */
class StreamsLayoutTest extends LayoutTest {
    @Override
    RedisConfig laidOut(RedisConfig config) {
        return config.withStreams(StreamsConfig.DEFAULT);
    }

    @Test
    @Override
    void jobsThatAreEnqueuedTogetherAreOneBlockAndCountedAsSuch() {
        store.enqueue(jobs.times(100));

        assertThat(number("HLEN", key("bodies"))).isEqualTo(1);
        assertThat(number("XLEN", key("stream:main/mail/welcome:4"))).isEqualTo(1);
        assertThat(number("EXISTS", key("ready"))).isZero();
    }
}
