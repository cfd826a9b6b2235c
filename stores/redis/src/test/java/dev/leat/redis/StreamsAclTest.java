package dev.leat.redis;

import java.util.List;

/** A user of the store with jobs in streams. */
class StreamsAclTest extends AclTest {
    @Override
    RedisConfig laidOut(RedisConfig config) {
        return config.withPrefix("leat-streams").withStreams(StreamsConfig.DEFAULT);
    }

    @Override
    String page() {
        return "redis-streams.md";
    }

    @Override
    List<String> folders() {
        return List.of("jobs", "control", "streams");
    }
}
