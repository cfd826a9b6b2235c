package dev.leat.redis;

/** Faults, with jobs in streams. */
class StreamsFaultTest extends FaultTest {
    @Override
    RedisConfig laidOut(RedisConfig config) {
        return config.withStreams(StreamsConfig.DEFAULT);
    }
}
