package dev.leat.redis;

import dev.leat.api.store.JobStore;
import dev.leat.testkit.JobStoreContract;
import dev.leat.testkit.StoreClock;

/** The contract on Redis 7. */
class RedisJobStoreTest extends JobStoreContract {
    private RedisConfig config = RedisConfig.of("redis://localhost");

    TestRedis redis() {
        return TestRedis.NEWEST;
    }

    @Override
    protected JobStore open(StoreClock clock) {
        config = redis().emptyStore();
        return openAnother(clock);
    }

    @Override
    protected JobStore openAnother(StoreClock clock) {
        return RedisJobStore.open(config, () -> clock.offset().toMillis());
    }
}
