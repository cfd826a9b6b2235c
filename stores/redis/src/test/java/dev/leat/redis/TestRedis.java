package dev.leat.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.leat.api.store.Capabilities.Durability;
import dev.leat.launcher.RedisServer;
import dev.leat.launcher.RedisServer.Version;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A server for all tests of this JVM that leave it as they found it; each has a prefix of its own. */
enum TestRedis {
    NEWEST(Version.REDIS_7_0),
    OLDEST(Version.REDIS_6_2);

    private static final AtomicInteger STORES = new AtomicInteger();

    private final Version version;
    private RedisServer server;

    TestRedis(Version version) {
        this.version = version;
    }

    synchronized RedisServer server() {
        if (server == null) {
            server = start(version, Map.of("appendonly", "yes", "appendfsync", "everysec"));
        }
        return server;
    }

    /** One of a test's own. */
    static RedisServer start(Version version, Map<String, String> settings) {
        try {
            return RedisServer.start(version, Files.createTempDirectory("leat-redis-test"), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RedisConfig emptyStore() {
        return config(server());
    }

    static RedisConfig config(RedisServer server) {
        return RedisConfig.of(server.url())
                .withPrefix("test" + STORES.incrementAndGet())
                .withDurability(Durability.D0);
    }

    /** Has the server do something that no store would. */
    static String command(RedisServer server, String... words) {
        RedisClient client = RedisClient.create(server.url());
        try (var connection = client.connect()) {
            CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
            for (int i = 1; i < words.length; i++) {
                arguments.add(words[i]);
            }
            return String.valueOf(
                    connection.sync().dispatch(word(words[0]), new ArrayOutput<>(StringCodec.UTF8), arguments));
        } finally {
            client.close();
        }
    }

    private static ProtocolKeyword word(String word) {
        return new ProtocolKeyword() {
            @Override
            public byte[] getBytes() {
                return word.getBytes(US_ASCII);
            }

            @Override
            public String toString() {
                return word;
            }
        };
    }
}
