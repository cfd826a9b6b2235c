package dev.leat.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.InvalidValueException;
import dev.leat.api.driver.StoreSettings;
import dev.leat.api.driver.Stores;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.launcher.RedisServer;
import dev.leat.launcher.RedisServer.Version;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a configuration may say of a store in streams, and where it then is. */
class RedisStreamsDriverTest {
    private final RedisStreamsDriver driver = new RedisStreamsDriver();

    @Test
    void itTakesUrlsOfItsOwn() {
        assertThat(driver.takes("redis-streams://localhost:6379")).isTrue();
        assertThat(driver.takes("rediss-streams://localhost:6379")).isTrue();
        assertThat(driver.takes("redis://localhost:6379")).isFalse();
        assertThat(new RedisDriver().takes("redis-streams://localhost:6379")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "consumer_group, a b, 1 to 63 characters",
        "consumer_group, '', 1 to 63 characters",
        "max_len, many, 0 to 10000000",
        "max_len, -1, 0 to 10000000",
        "max_len, 10000001, from 0 to 10000000",
        "stream, '', a name",
        "stream, {x}, 1 to 63 characters",
        "pipeline, 5, consumer_group",
    })
    void aWrongOptionIsToldByItsName(String option, String value, String allowed) {
        StoreSettings settings = settings("redis://localhost:6379").withOption(option, value);

        assertThatThrownBy(() -> driver.check(settings))
                .isInstanceOfSatisfying(
                        InvalidValueException.class, e -> assertThat(e.field()).isEqualTo(option))
                .hasMessageContaining(allowed);
    }

    @Test
    void aPlaceIsMadeAsConfiguredAndRemovedWithItsStreams() {
        try (RedisServer server = TestRedis.start(Version.REDIS_7_0, Map.of())) {
            StoreSettings settings = settings(server.url().replaceFirst("redis", "redis-streams"))
                    .withOption("stream", "analytics")
                    .withOption("consumer_group", "readers")
                    .withOption("max_len", "5");
            try (Stores stores = driver.open(settings);
                    Stores lists = new RedisDriver().open(settings(server.url()))) {
                stores.jobs().enqueue(new Jobs().times(3));
                lists.jobs().enqueue(new Jobs().times(3));
                assertThat(stores.jobs().claim(Jobs.claim(10)).jobs()).isEqualTo(3);
                assertThat(stores.jobs().capabilities().store()).isEqualTo("redis-streams");
            }
            String stream = "{leat-streams:analytics:0}:stream:" + Jobs.LANE + ":4";
            assertThat(TestRedis.command(server, "XPENDING", stream, "readers")).contains("worker-3");

            driver.remove(settings);
            assertThat(TestRedis.command(server, "KEYS", "*streams*")).isEqualTo("[]");
            new RedisDriver().remove(settings(server.url()));
            assertThat(TestRedis.command(server, "DBSIZE")).isEqualTo("[0]");
        }
    }

    private static StoreSettings settings(String url) {
        return StoreSettings.of(url, null, "").withDurability(Durability.D0);
    }
}
