package dev.leat.redis;

import dev.leat.api.control.ControlStore;
import dev.leat.testkit.ControlStoreContract;
import dev.leat.testkit.StoreClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** The contract on Redis 7. */
class RedisControlStoreTest extends ControlStoreContract {
    private final List<RedisStores> opened = new ArrayList<>();
    private RedisConfig config = RedisConfig.of("redis://localhost");

    TestRedis redis() {
        return TestRedis.NEWEST;
    }

    @Override
    protected ControlStore open(StoreClock clock) {
        config = redis().emptyStore();
        return openAnother(clock);
    }

    @Override
    protected ControlStore openAnother(StoreClock clock) {
        RedisStores stores = RedisStores.open(config, () -> clock.offset().toMillis());
        opened.add(stores);
        return stores.control();
    }

    @AfterEach
    void close() {
        opened.forEach(RedisStores::close);
        opened.clear();
    }
}
