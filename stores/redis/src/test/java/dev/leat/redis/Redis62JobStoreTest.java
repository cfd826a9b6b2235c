package dev.leat.redis;

/** The contract on the oldest Redis that Leat supports. */
class Redis62JobStoreTest extends RedisJobStoreTest {
    @Override
    TestRedis redis() {
        return TestRedis.OLDEST;
    }
}
