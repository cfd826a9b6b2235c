package dev.leat.redis;

import dev.leat.api.InvalidValueException;
import dev.leat.api.driver.StoreDriver;
import dev.leat.api.driver.StoreSettings;
import dev.leat.api.driver.Stores;

/**
 * Opens Redis with its jobs in streams. Its options, beside those of {@link RedisDriver}: {@code stream}, a part of the place of its own;
 * {@code consumer_group}; and {@code max_len}, how many entries of a stream stay once their jobs have ended.
 */
public final class RedisStreamsDriver implements StoreDriver {
    private static final String DEFAULT_PREFIX = RedisConfig.DEFAULT_PREFIX + "-streams";
    private static final String STREAM = "stream";
    private static final String GROUP = "consumer_group";
    private static final String MOST = "max_len";
    private static final String SCHEME = "^(rediss?)-streams:";

    @Override
    public String name() {
        return "redis-streams";
    }

    @Override
    public boolean takes(String url) {
        return url.matches(SCHEME + "//.*");
    }

    @Override
    public String urls() {
        return "redis-streams://host:port";
    }

    @Override
    public void check(StoreSettings settings) {
        config(settings);
    }

    @Override
    public Stores open(StoreSettings settings) {
        return RedisStores.open(config(settings));
    }

    @Override
    public StoreSettings apart(StoreSettings settings, String name) {
        config(settings);
        return settings.withOption(RedisDriver.PREFIX, name);
    }

    @Override
    public void remove(StoreSettings settings) {
        RedisStores.remove(config(settings));
    }

    private static RedisConfig config(StoreSettings settings) {
        settings.requireOptions(RedisDriver.PREFIX, RedisDriver.DATABASE, STREAM, GROUP, MOST);
        RedisConfig config =
                RedisDriver.config(settings.withUrl(settings.url().replaceFirst(SCHEME, "$1:")), DEFAULT_PREFIX);
        String stream = settings.options().get(STREAM);
        if (stream != null) {
            config = within(config, stream);
        }
        return config.withStreams(streams(settings));
    }

    private static RedisConfig within(RedisConfig config, String stream) {
        if (stream.isEmpty()) {
            throw new InvalidValueException("STREAM_INVALID", STREAM, "is empty", "a name, or none");
        }
        try {
            return config.withPrefix(config.prefix() + (config.prefix().endsWith(":") ? "" : ":") + stream);
        } catch (InvalidValueException e) {
            throw e.in(STREAM);
        }
    }

    private static StreamsConfig streams(StoreSettings settings) {
        StreamsConfig streams = StreamsConfig.DEFAULT;
        String group = settings.options().get(GROUP);
        String most = settings.options().get(MOST);
        if (most != null && !most.matches("[0-9]{1,9}")) {
            throw new InvalidValueException(
                    "MAX_LEN_INVALID", MOST, "is no number of entries", "0 to " + StreamsConfig.MOST_KEPT);
        }
        try {
            streams = group == null ? streams : streams.withGroup(group);
        } catch (InvalidValueException e) {
            throw e.in(GROUP);
        }
        try {
            return most == null ? streams : streams.withMaxLength(Integer.parseInt(most));
        } catch (InvalidValueException e) {
            throw e.in(MOST);
        }
    }
}
