package dev.leat.redis;

/** The contract on the oldest Redis that Leat supports. */
class Redis62ControlStoreTest extends RedisControlStoreTest {
    @Override
    TestRedis redis() {
        return TestRedis.OLDEST;
    }
}
