package dev.leat.redis;

/** Kills, with jobs in streams. */
class StreamsKillTest extends KillTest {
    @Override
    RedisConfig laidOut(RedisConfig config) {
        return config.withStreams(StreamsConfig.DEFAULT);
    }
}
