package dev.leat.redis;

import dev.leat.api.store.JobStore;
import dev.leat.testkit.JobStoreContract;
import dev.leat.testkit.StoreClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** The contract on Redis 7. */
class RedisJobStoreTest extends JobStoreContract {
    private final List<RedisStores> opened = new ArrayList<>();
    private RedisConfig config = RedisConfig.of("redis://localhost");

    TestRedis redis() {
        return TestRedis.NEWEST;
    }

    RedisConfig emptyStore() {
        return redis().emptyStore();
    }

    @Override
    protected JobStore open(StoreClock clock) {
        config = emptyStore();
        return openAnother(clock);
    }

    @Override
    protected JobStore openAnother(StoreClock clock) {
        RedisStores stores = RedisStores.open(config, () -> clock.offset().toMillis());
        opened.add(stores);
        return stores.jobs();
    }

    @AfterEach
    void close() {
        opened.forEach(RedisStores::close);
        opened.clear();
    }
}
