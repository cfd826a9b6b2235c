package dev.leat.redis;

/** The contract on Redis 7, in streams. */
class RedisStreamsJobStoreTest extends RedisJobStoreTest {
    @Override
    RedisConfig emptyStore() {
        return redis().emptyStore().withStreams(StreamsConfig.DEFAULT);
    }
}
