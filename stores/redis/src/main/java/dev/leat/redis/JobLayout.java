package dev.leat.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.Lane;
import dev.leat.api.store.NewJob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How available jobs wait: all in one sorted set ({@code lists.lua}), or blocks of new ones in a stream for each lane and priority ({@code
 * entries.lua}). Thread-safe.
 *
 * <p>A script is given the streams that it may come to. Which priorities a lane has jobs of is learned: a claim that lacks one says so, and
 * did nothing.
 */
final class JobLayout {
    private final @Nullable StreamsConfig streams;
    private final String keyPrefix;
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    private final Map<Lane, Integer> priorities = new ConcurrentHashMap<>();
    private volatile Collection<Lane> claimed = List.of();

    JobLayout(RedisConfig config) {
        streams = config.streams();
        keyPrefix = streams == null ? "" : Keyspace.JOBS.key(config.prefix(), "stream") + ":";
    }

    Script script(String name) {
        return scripts.computeIfAbsent(
                name, key -> Script.load(Keyspace.JOBS, prelude(), List.of("jobs/shared", part(), folder(key) + key)));
    }

    private String prelude() {
        return streams == null
                ? ""
                : "local GROUP, MOST_SETTLED, BLOCK_JOBS = '" + streams.group() + "', " + streams.maxLength() + ", "
                        + Enqueuing.BLOCK_JOBS + "\n";
    }

    private static String folder(String name) {
        return name.equals("names") || name.equals("replay") ? "streams/" : "jobs/";
    }

    private String part() {
        return streams == null ? "jobs/lists" : "streams/entries";
    }

    /** The stream that a new job goes to if it is due; empty in lists. */
    List<byte[]> enqueued(Lane lane, int priority) {
        if (streams == null) {
            return List.of();
        }
        learn(lane, priority);
        return List.of(key(lane, priority));
    }

    void learn(Lane lane, int priority) {
        priorities.merge(lane, 1 << priority, (known, more) -> known | more);
    }

    /** The streams known of these lanes. */
    List<byte[]> claimed(Collection<Lane> lanes) {
        if (streams == null) {
            return List.of();
        }
        claimed = lanes;
        return known(lanes);
    }

    /** The streams that jobs which are settled most likely came from: what is settled elsewhere is acknowledged by the next claim there. */
    List<byte[]> settled() {
        return known(claimed);
    }

    private List<byte[]> known(Collection<Lane> lanes) {
        List<byte[]> keys = new ArrayList<>();
        for (Lane lane : lanes) {
            int levels = priorities.getOrDefault(lane, 0);
            for (int priority = 0; levels >> priority > 0; priority++) {
                if ((levels >> priority & 1) == 1) {
                    keys.add(key(lane, priority));
                }
            }
        }
        return keys;
    }

    /** Of all priorities. */
    List<byte[]> all(Lane lane) {
        List<byte[]> keys = new ArrayList<>();
        for (int priority = 0; priority <= NewJob.MIN_PRIORITY; priority++) {
            keys.add(key(lane, priority));
        }
        return keys;
    }

    private byte[] key(Lane lane, int priority) {
        return (keyPrefix + Ids.text(lane) + ":" + priority).getBytes(UTF_8);
    }
}
