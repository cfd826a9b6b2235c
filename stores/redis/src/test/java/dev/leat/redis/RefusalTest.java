package dev.leat.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.InvalidValueException;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.launcher.RedisServer;
import dev.leat.launcher.RedisServer.Version;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of a server's refusals: whether they had an effect, what to do, and whether the connection is of any use then. */
class RefusalTest {
    private RedisServer server;
    private RedisLink link;

    @BeforeEach
    void open() {
        server = TestRedis.start(Version.REDIS_7_0, Map.of());
        link = new RedisLink(TestRedis.config(server), () -> 0);
    }

    @AfterEach
    void close() {
        link.close();
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MOVED 3999 127.0.0.1:6381                           | node of a cluster",
                "ASK 3999 127.0.0.1:6381                             | node of a cluster",
                "TRYAGAIN Multiple keys request during rehashing     | node of a cluster",
                "CLUSTERDOWN Hash slot not served                    | node of a cluster",
                "CROSSSLOT Keys in request don't hash to the same    | node of a cluster",
                "LEAT too many lanes                                 | another prefix",
                "LEAT ids of page 0 were removed and came again      | new ids",
            })
    void itHadNoEffectAndSaysWhatToDo(String said, String advice) {
        assertRefused(() -> link.run(saying(said), new Arguments()), Effect.NONE, advice);
    }

    @ParameterizedTest
    @EnumSource
    void aScriptThatEndsItselfDidNothing(Version version) {
        try (RedisServer other = TestRedis.start(version, Map.of());
                RedisLink there = new RedisLink(TestRedis.config(other), () -> 0)) {
            assertRefused(
                    () -> there.run(script("error('LEAT too many lanes', 0)"), new Arguments()),
                    Effect.NONE,
                    "another prefix");
        }
    }

    @Test
    void whatOnlyLooksLikeARefusalMayHaveHadAnEffect() {
        assertRefused(
                () -> link.run(saying("ERR the TASK 7 was REMOVED 7"), new Arguments()), Effect.UNKNOWN, "failed");
    }

    /** Behind its name there may be another server by now. */
    @ParameterizedTest
    @ValueSource(
            strings = {"READONLY You can't write against a read only replica.", "MASTERDOWN Link is down", "LOADING"})
    void theNextCallConnectsAnew(String said) {
        long before = client();

        assertRefused(() -> link.run(saying(said), new Arguments()), Effect.NONE, "");

        assertThat(client()).isNotEqualTo(before);
    }

    @Test
    void anyOtherRefusalKeepsTheConnection() {
        long before = client();

        assertRefused(() -> link.run(saying("NOREPLICAS Not enough"), new Arguments()), Effect.NONE, "bring them back");

        assertThat(client()).isEqualTo(before);
    }

    @Test
    void aNodeOfAClusterIsRefused() throws IOException {
        try (RedisServer node = TestRedis.start(
                Version.REDIS_7_0, Map.of("cluster-enabled", "yes", "cluster-port", Integer.toString(freePort())))) {
            assertRefused(() -> RedisStores.open(TestRedis.config(node)), Effect.NONE, "without cluster-enabled");
        }
    }

    @Test
    void aUserNeedsAPassword() {
        assertThatThrownBy(() -> RedisConfig.of("redis://localhost:6379").withAuthentication("leat", ""))
                .isInstanceOfSatisfying(
                        InvalidValueException.class, e -> assertThat(e.field()).isEqualTo("password"))
                .hasMessageContaining("leat");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** What the server calls the connection. */
    private long client() {
        link.time();
        return TestRedis.command(server, "CLIENT", "LIST", "TYPE", "normal")
                .lines()
                .filter(line -> line.contains("cmd=time"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("^.*?id=([0-9]+) .*$", "$1")))
                .max()
                .orElseThrow();
    }

    private static Script saying(String error) {
        return script("return redis.error_reply(\"" + error + "\")");
    }

    private static Script script(String source) {
        return Script.of(Keyspace.JOBS, "test", source);
    }

    private static void assertRefused(ThrowingCallable call, Effect effect, String saying) {
        assertThatThrownBy(call)
                .hasMessageContaining(saying)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.effect()).isEqualTo(effect));
    }
}
