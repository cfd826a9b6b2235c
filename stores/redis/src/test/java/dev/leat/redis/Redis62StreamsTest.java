package dev.leat.redis;

/** Streams on the oldest Redis that Leat supports. */
class Redis62StreamsTest extends StreamsTest {
    @Override
    TestRedis redis() {
        return TestRedis.OLDEST;
    }
}
