package dev.leat.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.Health;
import dev.leat.api.store.JobStore;
import dev.leat.launcher.RedisServer;
import dev.leat.launcher.RedisServer.Version;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** No job gets in from the moment on that a look at the settings found them wanting. */
class SettingsGuardTest {
    private static final RedisConfig CONFIG = RedisConfig.of("redis://localhost:6379");
    private static final ServerSettings DURABLE = settings("always");
    private static final ServerSettings FALLEN = settings("everysec");

    private final AtomicLong nanos = new AtomicLong();

    @Test
    void whatHealthFoundRefusesJobsUntilItIsPutRight() {
        Jobs jobs = new Jobs();
        try (RedisServer server =
                        TestRedis.start(Version.REDIS_7_0, Map.of("appendonly", "yes", "appendfsync", "always"));
                RedisStores stores = RedisStores.open(TestRedis.config(server).withDurability(Durability.D2))) {
            JobStore store = stores.jobs();
            TestRedis.command(server, "CONFIG", "SET", "appendfsync", "everysec");
            assertThat(store.health().status()).isEqualTo(Health.Status.UNHEALTHY);

            assertRefused(() -> store.enqueue(List.of(jobs.one())));
            assertRefused(() -> store.enqueue(List.of(jobs.one())));

            TestRedis.command(server, "CONFIG", "SET", "appendfsync", "always");
            assertThat(store.enqueue(List.of(jobs.one()))).hasSize(1);
        }
    }

    @Test
    void nobodyGetsInWhileAnotherLooksAgain() throws Exception {
        CountDownLatch looking = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicLong looks = new AtomicLong();
        SettingsGuard guard = new SettingsGuard(
                CONFIG,
                () -> {
                    if (looks.incrementAndGet() == 1) {
                        return FALLEN;
                    }
                    looking.countDown();
                    awaitQuietly(goOn);
                    return DURABLE;
                },
                nanos::get);
        nanos.addAndGet(Duration.ofMinutes(2).toNanos());
        assertRefused(guard::require);

        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<?> again = other.submit(guard::require);
            looking.await();
            assertRefused(guard::require);
            goOn.countDown();
            again.get(1, TimeUnit.MINUTES);
        } finally {
            other.shutdownNow();
        }
        assertThatCode(guard::require).doesNotThrowAnyException();
        assertThat(looks).hasValue(2);
    }

    @Test
    void aServerThatDoesNotAnswerIsAskedAgainByTheNextCall() {
        AtomicLong looks = new AtomicLong();
        SettingsGuard guard = new SettingsGuard(
                CONFIG,
                () -> {
                    if (looks.incrementAndGet() == 1) {
                        throw new StoreException("no answer", Effect.UNKNOWN, null);
                    }
                    return DURABLE;
                },
                nanos::get);
        assertThatCode(guard::require).doesNotThrowAnyException();
        nanos.addAndGet(Duration.ofMinutes(2).toNanos());

        assertThatThrownBy(guard::require)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.NONE));
        assertThatCode(guard::require).doesNotThrowAnyException();
        assertThatCode(guard::require).doesNotThrowAnyException();
        assertThat(looks).hasValue(2);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ServerSettings settings(String fsync) {
        Map<String, String> values = new HashMap<>(
                Map.of("appendonly", "yes", "no-appendfsync-on-rewrite", "no", "maxmemory-policy", "noeviction"));
        values.put("appendfsync", fsync);
        return ServerSettings.of("redis_version:7.0.15\r\nrole:master", Optional.of(values));
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageContaining("set appendfsync always")
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.NONE));
    }
}
