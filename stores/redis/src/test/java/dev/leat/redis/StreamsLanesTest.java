package dev.leat.redis;

/** Lanes, with jobs in streams. */
class StreamsLanesTest extends LanesTest {
    @Override
    RedisConfig laidOut(RedisConfig config) {
        return config.withStreams(StreamsConfig.DEFAULT);
    }
}
