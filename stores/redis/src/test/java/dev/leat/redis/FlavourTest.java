package dev.leat.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.StoreException;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.launcher.RedisServer;
import dev.leat.launcher.RedisServer.Version;
import dev.leat.redis.ServerSettings.Flavour;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of servers that speak as Redis does: of what they say, since most of them are not to be had here. */
class FlavourTest {
    private static final RedisConfig CONFIG =
            RedisConfig.of("redis://localhost:6379").withDurability(Durability.D1);
    private static final Map<String, String> DURABLE = Map.of(
            "appendonly", "yes",
            "appendfsync", "always",
            "no-appendfsync-on-rewrite", "no",
            "maxmemory-policy", "noeviction");

    @Test
    void aServerIsKnownByWhatItSays() {
        assertFlavour(settings(DURABLE, "redis_version:7.0.15", "role:master"), Flavour.REDIS, "7.0.15");
        assertFlavour(
                settings(DURABLE, "redis_version:7.2.4", "server_name:valkey", "valkey_version:8.0.1", "role:master"),
                Flavour.VALKEY,
                "8.0.1");
        assertFlavour(
                settings(DURABLE, "redis_version:6.3.4", "role:master", "# KeyDB", "mvcc_depth:0"),
                Flavour.KEYDB,
                "6.3.4");
        assertFlavour(
                settings(Map.of(), "redis_version:7.4.0", "dragonfly_version:df-v1.30.1", "role:master"),
                Flavour.DRAGONFLY,
                "v1.30.1");
    }

    private static void assertFlavour(ServerSettings settings, Flavour flavour, String version) {
        assertThat(settings.flavour()).isEqualTo(flavour);
        assertThat(settings.version()).isEqualTo(version);
    }

    @Test
    void dragonflyIsNeverDurableWhateverItSays() {
        ServerSettings settings =
                settings(DURABLE, "redis_version:7.4.0", "dragonfly_version:df-v1.30.1", "role:master");

        assertThat(settings.durability()).isEqualTo(Durability.D0);
        assertRefused(settings, "Dragonfly", "keeps no log");
        assertThatCode(() -> settings.require(CONFIG.withDurability(Durability.D0)))
                .doesNotThrowAnyException();
    }

    @Test
    void dragonflyThatEvictsIsRefused() {
        assertRefused(
                settings(Map.of("cache_mode", "true"), "dragonfly_version:df-v1.30.1", "role:master"),
                "--cache_mode=false");
    }

    @Test
    void anActiveReplicaIsRefused() {
        String[] keydb = {"redis_version:6.3.4", "role:master", "mvcc_depth:0"};
        Map<String, String> active = new HashMap<>(DURABLE);
        active.put("active-replica", "yes");

        assertRefused(settings(active, keydb), "KeyDB", "active-replica no");
        assertRefused(
                settings(DURABLE, "redis_version:6.3.4", "role:active-replica", "mvcc_depth:0"), "active replica");
        active.put("active-replica", "no");
        assertThatCode(() -> settings(active, keydb).require(CONFIG)).doesNotThrowAnyException();
    }

    @Test
    void aFlavourIsAsOldAsTheRedisThatItIsLike() {
        assertRefused(settings(DURABLE, "redis_version:6.0.16", "role:master"), "is version 6.0.16");
        assertRefused(settings(DURABLE, "redis_version:6.0.16", "role:master", "mvcc_depth:0"), "is version 6.0.16");
    }

    @ParameterizedTest
    @ValueSource(strings = {"valkey", "keydb", "dragonfly"})
    void aUrlMayNameTheFlavour(String scheme) {
        try (RedisServer server = TestRedis.start(Version.REDIS_7_0, Map.of())) {
            RedisConfig config = TestRedis.config(server);
            String url = server.url().replaceFirst("redis", scheme);

            try (RedisStores stores =
                    RedisStores.open(new RedisConfig(url, "", "", config.prefix(), Durability.D0, config.timeout()))) {
                assertThat(stores.jobs().health().detail()).contains("Redis 7.0.15 at " + url);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theStoreIsNamedByItsServer(Version version) {
        try (RedisServer server = TestRedis.start(version, Map.of());
                RedisStores stores = RedisStores.open(TestRedis.config(server))) {
            assertThat(stores.jobs().capabilities().store()).isEqualTo("redis");
        }
    }

    @Test
    void urlsWithTlsAreTaken() {
        assertThat(RedisConfig.of("rediss://redis.example:6380/2").uri().isSsl())
                .isTrue();
        assertThat(RedisConfig.of("valkey://localhost:6379").uri().isSsl()).isFalse();
        for (String url : List.of("valkeys://localhost", "redis-socket:///tmp/x", "keydb://user:sesame@localhost")) {
            assertThatThrownBy(() -> RedisConfig.of(url)).hasMessageNotContaining("sesame");
        }
    }

    private static ServerSettings settings(Map<String, String> settings, String... info) {
        return ServerSettings.of(String.join("\r\n", info), Optional.of(settings));
    }

    private static void assertRefused(ServerSettings settings, String... saying) {
        assertThatThrownBy(() -> settings.require(CONFIG))
                .isInstanceOf(StoreException.class)
                .hasMessageContainingAll(saying);
    }
}
