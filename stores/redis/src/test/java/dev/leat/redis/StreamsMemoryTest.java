package dev.leat.redis;

/** A lack of memory, with jobs in streams. */
class StreamsMemoryTest extends MemoryTest {
    @Override
    RedisConfig laidOut(RedisConfig config) {
        return config.withStreams(StreamsConfig.DEFAULT);
    }
}
