package dev.leat.redis;

/** The contract on the oldest Redis that Leat supports, in streams. */
class Redis62StreamsJobStoreTest extends RedisStreamsJobStoreTest {
    @Override
    TestRedis redis() {
        return TestRedis.OLDEST;
    }
}
