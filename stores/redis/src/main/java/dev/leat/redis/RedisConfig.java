package dev.leat.redis;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import dev.leat.api.store.Capabilities.Durability;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the store lives.
 *
 * @param url such as {@code redis://localhost:6379} or {@code rediss://redis.example:6380/2} over TLS, without user and password;
 *     {@code valkey:}, {@code keydb:} and {@code dragonfly:} mean the same as {@code redis:}
 * @param user of Redis's access list, who needs a password; empty for the default user
 * @param password empty if the server asks for none
 * @param prefix what the names of all keys begin with; two stores with other prefixes share nothing
 * @param durability the least class that the server's settings must give: {@code D0} to {@code D2}
 * @param timeout how long a call waits for the server: 100 ms to 1 minute
 * @param streams null for the layout of lists
 */
public record RedisConfig(
        String url,
        String user,
        String password,
        String prefix,
        Durability durability,
        Duration timeout,
        @Nullable StreamsConfig streams) {
    public static final String DEFAULT_PREFIX = "leat";
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    private static final Pattern PREFIX = Pattern.compile("[a-z0-9][a-z0-9._:-]{0,62}");
    private static final Pattern URL = Pattern.compile("(redis|rediss|valkey|keydb|dragonfly)://[^@]+");

    private static final Pattern OTHER_NAMES = Pattern.compile("^(valkey|keydb|dragonfly):");

    public RedisConfig {
        if (!URL.matcher(url).matches() || !isUri(url)) {
            throw new InvalidValueException(
                    "URL_INVALID",
                    "url",
                    "is no URL of a Redis server, or holds a user or password",
                    "such as redis://localhost:6379, with user and password beside it");
        }
        if (!user.isEmpty() && password.isEmpty()) {
            throw new InvalidValueException(
                    "PASSWORD_MISSING",
                    "password",
                    "is missing beside user " + Checks.shown(user),
                    "the password of that user (any, if the user is one with nopass), or no user");
        }
        if (!PREFIX.matcher(prefix).matches()) {
            throw new InvalidValueException(
                    "PREFIX_INVALID",
                    "prefix",
                    "is " + Checks.shown(prefix),
                    "1 to 63 characters of a-z, 0-9, '.', '_', ':' and '-', the first a letter or a digit");
        }
        if (durability == Durability.D3) {
            throw new InvalidValueException("DURABILITY_INVALID", "durability", "is D3", "D0, D1 or D2");
        }
        Checks.range("timeout", timeout, Duration.ofMillis(100), Duration.ofMinutes(1));
    }

    /** In the layout of lists. */
    public RedisConfig(
            String url, String user, String password, String prefix, Durability durability, Duration timeout) {
        this(url, user, password, prefix, durability, timeout, null);
    }

    /** With the default prefix and time-out, on a server that is to survive the loss of power. */
    public static RedisConfig of(String url) {
        return new RedisConfig(url, "", "", DEFAULT_PREFIX, Durability.D2, DEFAULT_TIMEOUT, null);
    }

    public RedisConfig withAuthentication(String name, String secret) {
        return new RedisConfig(url, name, secret, prefix, durability, timeout, streams);
    }

    public RedisConfig withPrefix(String other) {
        return new RedisConfig(url, user, password, other, durability, timeout, streams);
    }

    public RedisConfig withDurability(Durability least) {
        return new RedisConfig(url, user, password, prefix, least, timeout, streams);
    }

    public RedisConfig withTimeout(Duration other) {
        return new RedisConfig(url, user, password, prefix, durability, other, streams);
    }

    /** Keeps available jobs in streams. */
    public RedisConfig withStreams(StreamsConfig how) {
        return new RedisConfig(url, user, password, prefix, durability, timeout, how);
    }

    RedisURI uri() {
        RedisURI uri = parsed(url);
        uri.setTimeout(timeout);
        if (!password.isEmpty()) {
            uri = user.isEmpty()
                    ? RedisURI.builder(uri).withPassword(password.toCharArray()).build()
                    : RedisURI.builder(uri)
                            .withAuthentication(user, password.toCharArray())
                            .build();
        }
        return uri;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "RedisConfig(" + url + ", user " + (user.isEmpty() ? "default" : user) + ", prefix " + prefix + ")";
    }

    private static RedisURI parsed(String url) {
        return RedisURI.create(OTHER_NAMES.matcher(url).replaceFirst("redis:"));
    }

    private static boolean isUri(String url) {
        try {
            parsed(url);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
